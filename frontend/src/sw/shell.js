/** The addresses at which the page opens; the server knows the same ones. */
const VIEW = /^\/(about|tester|rooms\/[a-z0-9][a-z0-9-]{0,62})?$/;

const INDEX = '/';
const OURS = 'teahouse:';

/**
 * Keeps the files of one build, so that the page opens without a network. HTML
 * and scripts are always of the same build: each file is compared with the
 * digest it had when it was built. Nothing of what people say or are is kept
 * here: requests for that pass by.
 * @param {Build} build
 */
export function createShell({ id, shell, later }) {
  const name = OURS + id;
  const digests = { ...shell, ...later };
  const own = () => caches.open(name);

  /** A file of this build: from what an earlier build left here, else from the server. @param {string} path */
  async function obtain(path) {
    const before = await attempt(() => caches.match(path, { ignoreVary: true }));
    if (before && (await isOfBuild(before, digests[path]))) return before;
    // The name of an asset changes with its content; of the others the newest is asked for.
    const cache = path.startsWith('/assets/') ? 'default' : 'no-cache';
    const answer = await fetch(path, { cache });
    if (await isOfBuild(answer, digests[path])) return answer;
    throw new Error(`the server has another build: ${path} differs`);
  }

  /** Keeps what is missing of `files`. @param {Record<string, string>} files */
  async function keep(files) {
    const cache = await own();
    const kept = await pathsIn(cache);
    const missing = Object.keys(files).filter((path) => !kept.has(path));
    await Promise.all(missing.map(async (path) => cache.put(path, await obtain(path))));
  }

  /** The page, if everything is there that it needs to open. */
  async function whole() {
    const cache = await own();
    const kept = await pathsIn(cache);
    if (!Object.keys(shell).every((path) => kept.has(path))) return undefined;
    return cache.match(INDEX, { ignoreVary: true });
  }

  /** The page: a lost file makes it come from the server, so that it is not of two builds. @param {FetchEvent} event */
  async function page(event) {
    const kept = await attempt(whole);
    if (kept) return kept;
    event.waitUntil(attempt(() => keep(shell)));
    try {
      return await fetch(event.request);
    } catch (error) {
      const last = await attempt(async () => (await own()).match(INDEX, { ignoreVary: true }));
      if (last) return last;
      throw error;
    }
  }

  /** @param {FetchEvent} event @param {string} path */
  async function file(event, path) {
    const kept =
      (await attempt(async () => (await own()).match(path, { ignoreVary: true }))) ??
      // A page that an earlier worker opened asks for the scripts of its own build.
      (digests[path] ? undefined : await attempt(() => caches.match(path, { ignoreVary: true })));
    if (kept) return kept;
    const answer = await fetch(event.request);
    if (digests[path]) {
      const copy = answer.clone();
      event.waitUntil(
        attempt(async () => {
          if (await isOfBuild(copy, digests[path])) await (await own()).put(path, copy);
        }),
      );
    }
    return answer;
  }

  return {
    /** All or nothing: without a part of it the worker is not installed. */
    async install() {
      try {
        await keep(shell);
      } catch (error) {
        await attempt(() => caches.delete(name));
        throw error;
      }
    },

    /** What may be needed later, one after the other; what fails comes when it is asked for. */
    async fill() {
      for (const [path, digest] of Object.entries(later)) {
        if (!(await attempt(() => keep({ [path]: digest }).then(() => true)))) return;
      }
    },

    /**
     * Removes the files of other builds that no page uses any more: a page holds
     * a lock that is called like its cache.
     */
    async sweep() {
      if (!navigator.locks) return;
      const { held = [] } = await navigator.locks.query();
      const used = new Set(held.map((lock) => lock.name));
      for (const other of await caches.keys()) {
        if (other.startsWith(OURS) && other !== name && !used.has(other)) {
          await caches.delete(other);
        }
      }
    },

    /** Answers what belongs to the shell; everything else goes its own way. @param {FetchEvent} event */
    answer(event) {
      const { method, url, mode } = event.request;
      const { origin, pathname: path } = new URL(url);
      if (method !== 'GET' || origin !== location.origin) return;
      if (mode === 'navigate') {
        if (VIEW.test(path)) event.respondWith(page(event));
      } else if (path !== INDEX && (digests[path] || path.startsWith('/assets/'))) {
        event.respondWith(file(event, path));
      }
    },
  };
}

/** @param {Cache} cache */
async function pathsIn(cache) {
  return new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
}

/** Whether this is what was built, and not the file of another build or somebody's error page. @param {Response} answer @param {string} digest */
async function isOfBuild(answer, digest) {
  if (!answer.ok || answer.redirected || answer.type === 'opaque') return false;
  const hash = await crypto.subtle.digest('SHA-256', await answer.clone().arrayBuffer());
  return hex(new Uint8Array(hash).subarray(0, digest.length / 2)) === digest;
}

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * A cache may be full, damaged or switched off: then it is as if it were empty.
 * @template T
 * @param {() => Promise<T>} work
 */
async function attempt(work) {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
