/** Why a file could not be read, and what to do about it. */
export function fileAdvice(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
  if (code === 'ENOENT') return 'there is no such file (ENOENT); correct the path or mount the file there';
  if (code === 'EACCES' || code === 'EPERM')
    return `the service runs as uid ${process.getuid?.() ?? 'unknown'} and may not read it (${code}); give it the right`;
  if (code === 'EISDIR') return 'this is a folder (EISDIR); name the file in it';
  return `it could not be read (${code})`;
}
