import type { Diagnose, DoctorCheck } from '../../pipeline/ports/doctor-check.ts';
import { StoreUnavailable, type Store } from '../../pipeline/ports/store.ts';
import { OWNED_RESOURCES, OWNER_ACCOUNTS, OWNER_QUESTIONS, type OwnerAccount, type OwnerQuestionName } from './owner-records.ts';

export interface DiagnoseOwnerDeps {
  readonly store: Store;
  /** Null: there is none. */
  readonly roleName: string | null;
}

/** In a message. */
const MAX_NAMED = 5;

/** What the refused question was, and the right that it needs. */
const QUESTIONS: Readonly<Record<OwnerQuestionName, { readonly what: string; readonly advice: (roleName: string) => string }>> = {
  role: {
    what: 'The tags of resources are not read, since the role in the account can not be assumed',
    advice: (roleName) =>
      `Create the role ${roleName} in these accounts, let it trust the role of the service, and allow that role sts:AssumeRole on it`,
  },
  'resource-tags': {
    what: 'The tags of resources are not all read',
    advice: (roleName) => `Allow the role ${roleName} tag:GetResources, iam:ListRoleTags and iam:ListUserTags on all resources`,
  },
  'account-tags': {
    what: 'The tags of accounts are not read',
    advice: () =>
      'Allow the role of the service organizations:ListTagsForResource, and run it in the management account or in a delegated one',
  },
  contact: {
    what: 'The security contacts of accounts are not read',
    advice: () =>
      'Allow the role of the service account:GetAlternateContact, enable trusted access for AWS Account Management, and run it in the management account or in a delegated one',
  },
};

/** What AWS does not tell about owners, and the right that is missing. An owner that is not told is absent, so that nothing else is wrong. */
export function createDiagnoseOwner({ store, roleName }: DiagnoseOwnerDeps): Diagnose {
  async function checkOf(question: OwnerQuestionName): Promise<DoctorCheck[]> {
    const term = `refused:${question}`;
    const [[count = 0], { items }] = await Promise.all([
      store.counts(OWNER_ACCOUNTS, [term]),
      store.page(OWNER_ACCOUNTS, { terms: [term], limit: MAX_NAMED }),
    ]);
    const [first] = items;
    if (first === undefined) return [];
    const { what, advice } = QUESTIONS[question];
    const names = `${items.map(({ id }) => id).join(', ')}${count > items.length ? ', …' : ''}`;
    const message = `${what}, in ${count} accounts: ${names}. ${saidOf(first.doc, question)}`;
    return [{ check: `owner-${question}`, ok: false, message, advice: advice(roleName ?? '') }];
  }

  return async ({ owner }): Promise<readonly DoctorCheck[]> => {
    try {
      const refused = (await Promise.all(OWNER_QUESTIONS.map(checkOf))).flat();
      const [known = 0, tagged = 0] = await store.counts(OWNED_RESOURCES, ['', 'tagged:true']);
      const [read, says] = [
        `${tagged} of ${known} resources have a tag that names an owner`,
        asksNothing(owner?.tags !== undefined, roleName),
      ];
      return [{ check: 'owner', ok: true, message: says === null ? read : `${read}. ${says}`, advice: null }, ...refused];
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return [{ check: 'owner', ok: false, message: error.message, advice: 'Look at the store first' }];
    }
  };
}

function saidOf({ refusals }: OwnerAccount, question: OwnerQuestionName): string {
  const refusal = refusals[question];
  return refusal === undefined ? '' : `${refusal.code}: ${refusal.message}`;
}

function asksNothing(namesTags: boolean, roleName: string | null): string | null {
  if (!namesTags) return 'No tag is read, because the rules have no owner with tags';
  return roleName === null ? 'Only tags of accounts are read, because OWNER_ROLE_NAME is not set' : null;
}
