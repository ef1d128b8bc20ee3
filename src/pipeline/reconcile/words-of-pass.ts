import type { ServiceEvent } from '../ports/service-event.ts';
import type { PlannedPass } from './plan-pass.ts';

type Words = Pick<Extract<ServiceEvent, { readonly what: 'pass-planned' }>, 'step' | 'because'>;

/** What a pass does and why, in words that are few and fixed: the step that it takes, or else the name of what it does instead. */
export function wordsOfPass(planned: PlannedPass): Words {
  switch (planned.pass) {
    case 'take':
      return { step: planned.step.step, because: planned.step.because };
    case 'admit':
      return { step: 'admit', because: planned.step.because };
    case 'take-over':
      return { step: 'take-over', because: 'passed-on' };
    case 'requeue':
      return { step: 'wait', because: planned.requeueAt.because };
    case 'unproven':
    case 'failed':
      return { step: planned.pass, because: planned.failure.code };
    case 'nothing':
    case 'observed':
    case 'held':
      return { step: planned.pass, because: planned.because };
    default:
      return planned satisfies never;
  }
}
