import { number } from '../../format.js';

/** What a draft does to findings and their issues: a word for the plan, and what it means. @type {readonly (readonly [effect: string, one: string, many: string, hint: string, tone: string])[]} */
export const EFFECTS = [
  ['opens', 'opens', 'open', 'The finding gets an issue', 'accent'],
  ['moves', 'moves', 'move', 'The rules send it to another project; an issue that is there stays where it is', 'medium'],
  ['closes', 'closes', 'close', 'Its issue is closed, since its rule says so', 'good'],
  ['ignores', 'is ignored', 'are ignored', 'The rules send it nowhere; an issue that is there stays', 'quiet'],
  ['changes', 'changes', 'change', 'It is filed or closed differently', 'low'],
  ['fails', 'cannot be decided', 'cannot be decided', 'A rule takes too many steps to compare with it', 'critical'],
];

/** Said in every plan, even if none. */
const ALWAYS = new Set(['opens', 'moves', 'closes']);

/** Such as "12 open, 3 move, 0 close". @param {Readonly<Record<string, { issues: number }>>} effects */
export function effectsText(effects) {
  return EFFECTS.flatMap(([effect, one, many]) => {
    const count = effects[effect]?.issues ?? 0;
    return count > 0 || ALWAYS.has(effect) ? [`${number(count)} ${count === 1 ? one : many}`] : [];
  }).join(', ');
}
