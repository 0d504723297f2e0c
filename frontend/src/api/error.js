/** @import {ErrorCode} from './protocol.d.ts' */

/**
 * Every refusal that reaches the rest of the client: the server's codes, and
 * `offline` for what never got an answer (it may or may not have taken effect).
 */
export class ApiError extends Error {
  /**
   * @param {ErrorCode | 'offline'} code
   * @param {{detail?: string, field?: string, limit?: number, retry_ms?: number}} [more]
   */
  constructor(code, more = {}) {
    super(more.detail ?? code);
    this.name = 'ApiError';
    this.code = code;
    this.field = more.field;
    this.limit = more.limit;
    this.retryMs = more.retry_ms;
  }
}
