/** The files of one build, each by its address, with the digest of its content. */
interface Build {
  id: string;
  /** What the page needs to open: kept before the worker is installed. */
  shell: Record<string, string>;
  /** What it may need later: kept when it is first used, or when there is time. */
  later: Record<string, string>;
}

/** Filled in by scripts/worker.js when the client is built. */
declare const TEAHOUSE_BUILD: Build;
