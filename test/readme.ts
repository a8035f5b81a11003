/** Running and type-checking the examples of a README. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Contents of the fenced blocks of a language, in order. */
export function blocks(file: string, language: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, code]) => code!,
  );
}

/** Works on a file with the code, below the repository, where packages are found by their names. */
function withFile<T>(code: string, work: (file: string) => T): T {
  const file = join(root, 'test', `.readme-${process.pid}.ts`);
  writeFileSync(file, code);
  try {
    return work(file);
  } finally {
    rmSync(file);
  }
}

/** What the code prints, run against the sources. */
export function run(code: string): { stdout: string; stderr: string } {
  return withFile(code, (file) => {
    const node = ['--import', 'tsx', '--conditions=source', file];
    const { stdout, stderr } = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8' });
    return { stdout, stderr };
  });
}

/** The compiler's complaints about the code, under the repository's options. */
export function typeErrors(code: string): string[] {
  return withFile(code, (file) => {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [file] }, ts.sys, root);
    const program = ts.createProgram([file], { ...options, noEmit: true });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}
