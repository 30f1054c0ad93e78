import type { Interceptor } from '@connectrpc/connect'
import { retries, retrying } from './retrying.js'

/** Options of this client's transports besides those of Connect. */
export interface CallOptions {
  /** Token of this client, such as `bxw_...`, sent with every call. Default: none. */
  token?: string
  /**
   * Interceptors of each attempt of a call. A `retrying(...)` among them replaces the default one.
   */
  interceptors?: Interceptor[]
}

/** Returns the interceptors of a call, outermost first: retries, token, then the given ones. */
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
