import { readFileSync } from 'node:fs';

/**
 * Reads a CycloneDX document of `npm sbom` from the standard input, and writes one line for each package with its licence.
 * The image is built with it. It uses nothing but Node.js, since the image has no other tools.
 */
const { components } = JSON.parse(readFileSync(0, 'utf8'));
const lines = components.map(({ name, version, licenses = [] }: Component) => {
  const licence = licenses.map((one) => one.expression ?? one.license?.id ?? one.license?.name).join(', ');
  if (licence === '') throw new Error(`${name} ${version} names no licence`);
  return `${name} ${version} ${licence}\n`;
});
process.stdout.write(lines.toSorted().join(''));

/** https://cyclonedx.org/docs/1.5/json/#components */
interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly { readonly expression?: string; readonly license?: { readonly id?: string; readonly name?: string } }[];
}
