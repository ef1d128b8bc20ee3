import { cp, mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool, type ToolRun } from './run-tool.ts';

/** One fault, and the word with which the tool must report it. */
interface PlantedFault {
  readonly file: string;
  readonly text: string;
  readonly tool: keyof typeof TOOLS;
  readonly word: string;
}

const TOOLS = {
  format: ['oxfmt', '--check', 'src'],
  lint: ['oxlint', '--type-aware', 'src'],
  types: ['tsc', '--noEmit', '--pretty', 'false', '-p', '.'],
  unused: ['knip'],
} as const;

const branches = Array.from({ length: 16 }, (_, at) => `  if (at === ${at}) return ${at + 1};\n`).join('');

const FAULTS: readonly PlantedFault[] = [
  { tool: 'format', file: 'src/ill-formed.ts', word: 'ill-formed.ts', text: 'export const a={b:"c"}' },
  { tool: 'types', file: 'src/wrong-type.ts', word: 'src/wrong-type.ts', text: "export const count: number = 'three';\n" },
  { tool: 'types', file: 'src/enum.ts', word: 'src/enum.ts', text: 'export enum Colour {\n  Red,\n}\n' },
  { tool: 'unused', file: 'src/unused-file.ts', word: 'src/unused-file.ts', text: 'export const nobody = 1;\n' },
  { tool: 'unused', file: 'src/used.ts', word: 'unusedExport', text: 'export const used = 1;\nexport const unusedExport = 2;\n' },
  {
    tool: 'lint',
    file: 'src/floating.ts',
    word: 'no-floating-promises',
    text: 'async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n',
  },
  {
    tool: 'lint',
    file: 'src/misused.ts',
    word: 'no-misused-promises',
    text: 'export function start(list: number[]): void {\n  list.forEach(async () => {});\n}\n',
  },
  {
    tool: 'lint',
    file: 'src/switch.ts',
    word: 'switch-exhaustiveness-check',
    text: "export function size(of: 'a' | 'b'): number {\n  switch (of) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
  },
  { tool: 'lint', file: 'src/default.ts', word: 'no-default-export', text: 'export default 1;\n' },
  { tool: 'lint', file: 'src/cycle-a.ts', word: 'no-cycle', text: "import { b } from './cycle-b.ts';\nexport const a = () => b;\n" },
  { tool: 'lint', file: 'src/cycle-b.ts', word: 'no-cycle', text: "import { a } from './cycle-a.ts';\nexport const b = () => a;\n" },
  { tool: 'lint', file: 'src/barrel.ts', word: 'no-barrel-file', text: "export * from './used.ts';\n" },
  {
    tool: 'lint',
    file: 'src/complex.ts',
    word: '(complexity)',
    text: `export function f(at: number): number {\n${branches}  return 0;\n}\n`,
  },
  { tool: 'lint', file: 'src/any.ts', word: 'no-explicit-any', text: 'export const anything = (a: any): unknown => a;\n' },
  { tool: 'lint', file: 'src/non-null.ts', word: 'no-non-null-assertion', text: 'export const first = (a: string[]): string => a[0]!;\n' },
  { tool: 'lint', file: 'src/console.ts', word: 'no-console', text: "console.log('here');\n" },
  { tool: 'lint', file: 'src/CamelCase.ts', word: 'filename-case', text: 'export const camel = 1;\n' },
];

/**
 * Plants one fault of each kind in a small tree with the project's own settings, and returns those that the tools did not report.
 * A tool that checks no file, or whose settings have lost a rule, would report nothing in the project either.
 */
export async function overlookedFaults(root: string): Promise<readonly string[]> {
  const tree = await mkdtemp(join(tmpdir(), 'planted-faults-'));
  try {
    for (const file of ['package.json', 'tsconfig.json', '.oxlintrc.json', '.oxfmtrc.json', 'knip.json'])
      await cp(join(root, file), join(tree, file));
    await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
    await mkdir(join(tree, 'src'));
    await writeFile(join(tree, 'src/main.ts'), "import { used } from './used.ts';\n\nprocess.exitCode = used;\n");
    for (const fault of FAULTS) await writeFile(join(tree, fault.file), fault.text);
    const outputs = new Map<string, ToolRun>();
    for (const [tool, [command, ...args]] of Object.entries(TOOLS)) outputs.set(tool, await runTool(command, args, tree));
    return FAULTS.filter((fault) => !isSeen(fault, outputs.get(fault.tool))).map(
      (fault) => `${fault.tool} did not report ${fault.file} (${fault.word})`,
    );
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** True when the tool failed, and a paragraph of its output has both the file's name and the fault's word. */
function isSeen(fault: PlantedFault, run: ToolRun | undefined): boolean {
  if (run === undefined || run.exitCode === 0) return false;
  const name = fault.file.slice('src/'.length);
  return run.output.split(/\n\s*\n/).some((paragraph) => paragraph.includes(name) && paragraph.includes(fault.word));
}
