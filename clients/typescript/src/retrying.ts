import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { retryAfterMs } from './refusal.js'

export interface RetryingOptions {
  /** How often a call is made at most, the first included. Default 4. */
  attempts?: number
  /** The wait before the second attempt where the server names none, in ms; it doubles each time. Default 100. */
  firstWaitMs?: number
}

/**
 * Tries calls with one answer again that a busy or restarting server did not take. That is safe for every call: a plan
 * has no effect on the server, and one with a `request_id` is made once. The deadline of the call holds for all attempts.
 */
export function retrying({ attempts = 4, firstWaitMs = 100 }: RetryingOptions = {}): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return await next(request)
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(request)
      } catch (error) {
        const failed = ConnectError.from(error)
        const again = failed.code === Code.Unavailable || retryAfterMs(failed) !== undefined
        if (!again || attempt >= attempts || request.signal.aborted) throw error
        const waitMs = retryAfterMs(failed) ?? firstWaitMs * 2 ** (attempt - 1)
        await waited(waitMs * (0.5 + Math.random() / 2), request.signal)
      }
    }
  }
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      if (signal.aborted) reject(ConnectError.from(signal.reason, Code.Canceled))
      else resolve()
    }
  })
}
