import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { expect } from '@playwright/test';

const program = createRequire(import.meta.url).resolve('wscat/bin/wscat');

// Wide, so that the terminal breaks no line.
const TERMINAL = 'stty cols 20000 rows 50';

/** How it prints a frame that came: in blue. */
const ESC = '\u001b';
const INCOMING = new RegExp(`${ESC}\\[34m< (.*?)${ESC}\\[39m`, 'gs');

/**
 * The real wscat in a terminal, as somebody would sit before it.
 * @param {string} address @param {string[]} [options]
 */
export const wscat = (address, options = []) =>
  sit([process.execPath, program, '-c', address, ...options]);

/** A command that becomes wscat, in a terminal. @param {string[]} words */
export async function sit(words) {
  const command = words.map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `${TERMINAL}; exec ${command}`, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (screen += text));

  const cat = {
    /** Every line that came from the server, in order. */
    lines: () => [...screen.matchAll(INCOMING)].map(([, line]) => line.replaceAll('\r\n', '\n')),

    screen: () => screen,

    /** @param {string} line */
    type: (line) => child.stdin.write(`${line}\r`),

    /** @param {string} text */
    shows: (text) => expect.poll(() => screen).toContain(text),

    /** Presses Ctrl+C. */
    async quit() {
      child.stdin.write('\u0003');
      await gone;
    },
  };
  await cat.shows('Connected (press CTRL+C to quit)');
  return cat;
}
