import type { Interceptor } from '@connectrpc/connect'
import { retries, retrying } from './retrying.js'

/** What the transports of this client take besides the options of Connect's. */
export interface CallOptions {
  /** The token by which the server knows this client, such as `bxw_...`; it goes with every call. Default: none. */
  token?: string
  /**
   * Each attempt of a call goes through these, besides what tries calls again; a `retrying(...)` among them takes the place of
   * the usual one.
   */
  interceptors?: Interceptor[]
}

/** Returns what a call goes through, outermost first: the attempts, the token of each, the interceptors that were given. */
export function interceptors({ token = '', interceptors: given = [] }: CallOptions): Interceptor[] {
  const usual = given.some(retries) ? [] : [retrying()]
  return [...usual, ...(token === '' ? [] : [bearing(token)]), ...given]
}

function bearing(token: string): Interceptor {
  if (!/^[!-~]+$/.test(token)) {
    throw new Error('token must be printable ASCII characters without spaces: is there a line break at its end?')
  }
  return (next) => async (request) => {
    request.header.set('authorization', `Bearer ${token}`)
    return await next(request)
  }
}
