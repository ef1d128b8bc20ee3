/** Texts that stand without quotes in YAML and mean themselves. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][\w./ @-]*(?<! )$/i;

/** A value as YAML in block style, for reading. @param {any} value @param {string} [indent] @returns {string} */
export function toYaml(value, indent = '') {
  if (Array.isArray(value)) {
    if (value.length === 0) return `${indent}[]\n`;
    return value
      .map((item) => `${indent}- ${isNested(item) ? toYaml(item, `${indent}  `).slice(indent.length + 2) : `${scalar(item)}\n`}`)
      .join('');
  }
  if (!isNested(value)) return `${indent}${scalar(value)}\n`;
  const entries = Object.entries(value);
  return entries.length === 0
    ? `${indent}{}\n`
    : entries.map(([key, inside]) => `${indent}${text(key)}:${valueText(inside, indent)}`).join('');
}

/** @param {any} value @param {string} indent */
function valueText(value, indent) {
  return isNested(value) && Object.keys(value).length > 0 ? `\n${toYaml(value, `${indent}  `)}` : ` ${toYaml(value)}`;
}

/** @param {any} value */
function isNested(value) {
  return typeof value === 'object' && value !== null;
}

/** @param {any} value */
function scalar(value) {
  return typeof value === 'string' ? text(value) : JSON.stringify(value);
}

/** @param {string} value */
function text(value) {
  return PLAIN.test(value) ? value : JSON.stringify(value);
}
