import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const backend = resolve(import.meta.dirname, '..', '..', '..', 'backend');

/** Where the examples of gorilla/websocket are: the server is built with it, so it is here. */
export async function gorilla() {
  const module = ['list', '-m', '-f', '{{.Dir}}', 'github.com/gorilla/websocket'];
  const { stdout } = await promisify(execFile)('go', module, { cwd: backend });
  return join(stdout.trim(), 'examples');
}
