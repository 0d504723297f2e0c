import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** @import {ChildProcess} from 'node:child_process' */
/** @import {EventMessage, EventsPage} from '../src/api/protocol.d.ts' */

const binary = resolve(
  import.meta.dirname,
  process.env.TEAHOUSE_BIN ?? join('..', '..', 'bin', 'teahouse'),
);
const READY_WITHIN = 10_000;
const LOOK_EVERY = 10;

/** @typedef {Record<string, string>} Settings */

/**
 * A real server on a port and a data directory of its own. It keeps both over
 * any number of stops and starts; `settings` are its environment, `program` is
 * another build of it.
 * @param {Settings} [settings] @param {string} [program]
 */
export async function startServer(settings = {}, program = binary) {
  const data = await mkdtemp(join(tmpdir(), 'teahouse-e2e-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  /** @type {ChildProcess | null} */
  let child = null;
  let log = '';

  /** Starts it and answers once it is ready. @param {Settings} [changed] other settings from now on */
  async function start(changed = {}) {
    Object.assign(settings, changed);
    // GO_ENV keeps it from reading anybody's .env.
    const env = { GO_ENV: 'test', HOST: '127.0.0.1', ...settings };
    const started = spawn(program, [], {
      cwd: data,
      env: { ...env, PORT: String(port), DATA_DIR: join(data, 'data') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    started.on('error', (error) => (log += `${error}\n`));
    started.stderr.on('data', (text) => (log += text));
    const until = Date.now() + READY_WITHIN;
    while (!(await isReady())) {
      if (started.exitCode !== null || started.pid === undefined || Date.now() > until) {
        started.kill('SIGKILL');
        throw new Error(`${program} did not start:\n${log}`);
      }
      await pause(LOOK_EVERY);
    }
  }

  const isReady = () =>
    fetch(`${origin}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    const ending = child;
    child = null;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return null;
    const gone = once(ending, 'exit');
    ending.kill(signal);
    const [code] = await gone;
    return code;
  }

  await start();
  return {
    origin,
    port,
    start,

    /** What it complained about so far. */
    complaints: () =>
      log.split('\n').filter((line) => /level=ERROR|panic|goroutine \d|DATA RACE/.test(line)),

    /** Asks it to go; what it has stays. */
    pause: () => end('SIGTERM'),

    /** Like a power switch: no goodbye to anybody. */
    kill: () => end('SIGKILL'),

    /** Asks it to go, as an operator would, and takes its data with it. */
    async stop() {
      const code = await end('SIGTERM');
      await rm(data, { recursive: true, force: true });
      if (code !== null && code !== 0) throw new Error(`stopped with status ${code}:\n${log}`);
    },

    /** @param {string} [room] @returns {Promise<EventMessage[]>} what it has on its disk, oldest first */
    async history(room = 'general') {
      /** @type {EventMessage[]} */
      const messages = [];
      for (let before = Number.MAX_SAFE_INTEGER, more = true; more;) {
        const address = `${origin}/api/rooms/${room}/events?limit=200&before=${before}`;
        const answer = await fetch(address);
        if (!answer.ok) throw new Error(`history of ${room}: HTTP ${answer.status}`);
        const page = /** @type {EventsPage} */ (await answer.json());
        messages.unshift(...page.events.filter((event) => event.kind === 'message'));
        before = page.events[0]?.seq ?? 0;
        more = page.more;
      }
      return messages;
    },

    /** The bodies of all messages, oldest first. @param {string} [room] */
    async bodies(room) {
      return (await this.history(room)).map(({ body }) => body ?? '');
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

/**
 * A port that nobody listens on, below those that the system gives away for
 * outgoing connections: it is still free after the server was killed.
 */
async function freePort() {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    const probe = createServer().listen(port, '127.0.0.1');
    const free = await once(probe, 'listening').then(
      () => true,
      () => false, // somebody listens there
    );
    if (!free) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
