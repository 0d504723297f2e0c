import { ApiError } from './error.js';

/** @import {ErrorBody, ErrorCode} from './protocol.d.ts' */

export const ANSWER_WITHIN = 15_000;
/** Where the server is, when it is not the page's own. */
export const base = (import.meta.env.REACT_APP_API_URL ?? '').replace(/\/$/, '');

/**
 * What somebody means who answers in our server's place: a proxy, or a network
 * that wants to be paid first. Nothing of that is about our session or our rooms.
 * @type {Record<number, ErrorCode>}
 */
const codes = {
  401: 'unavailable',
  403: 'unavailable',
  404: 'unavailable',
  407: 'unavailable',
  429: 'rate_limited',
  511: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/**
 * One call to the server.
 * @param {'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} the answer's JSON; undefined where there is none
 * @throws {ApiError}
 */
export async function request(method, path, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ANSWER_WITHIN);
  try {
    const response = await fetch(base + path, {
      method,
      credentials: base ? 'include' : 'same-origin',
      signal: stop.signal,
      headers: method === 'GET' ? {} : { 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.status === 204) return undefined;
    const answer = await response.json().catch(() => null);
    if (response.ok && answer) return answer;
    throw refusal(response.status, answer);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('offline', { detail: String(error) });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What an answer means that is not the one asked for.
 * @param {number} status
 * @param {Partial<ErrorBody> | null} answer
 */
export function refusal(status, answer) {
  if (answer?.error?.code) return new ApiError(answer.error.code, answer.error);
  return new ApiError(codes[status] ?? 'internal', { detail: `HTTP ${status}` });
}
