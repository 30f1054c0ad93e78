import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { Refusal } from './refusal.js'

export interface RetryingOptions {
  /** How often a call is made at most, the first included. Default: as often as its deadline has time for. */
  attempts?: number
  /** The wait before the second attempt where the server names none, in ms; it doubles, up to 1 s. Default 100. */
  firstWaitMs?: number
}

const LONGEST_WAIT_MS = 1_000

/** For how long a call without a deadline is tried again. */
const WITHOUT_DEADLINE_MS = 10_000

/**
 * Tries calls with one answer again that a busy or restarting server did not take, for as long as the call's deadline has
 * time. That is safe for every call: a plan has no effect on the server, and one with a `request_id` is made once. A plan
 * that a store did not take is not asked for again: a station takes it without being stored.
 */
export function retrying({ attempts = Infinity, firstWaitMs = 100 }: RetryingOptions = {}): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return await next(request)
    const untilMs = performance.now() + (deadlineMs(request.header) ?? WITHOUT_DEADLINE_MS)
    let nextMs = firstWaitMs
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(request)
      } catch (error) {
        const { code, reason, retryAfterMs } = Refusal.from(error)
        const again = retryAfterMs !== undefined || (code === 'unavailable' && !reason.startsWith('STORE_'))
        if (!again || attempt >= attempts || request.signal.aborted) throw error
        const waitMs = retryAfterMs ?? nextMs * (0.5 + Math.random() / 2)
        if (performance.now() + waitMs >= untilMs) throw error
        if (retryAfterMs === undefined) nextMs = Math.min(2 * nextMs, LONGEST_WAIT_MS)
        await waited(waitMs, request.signal)
      }
    }
  }
}

/** Returns the deadline that a transport wrote into the headers of a call, in ms; undefined where it has none. */
function deadlineMs(header: Headers): number | undefined {
  const written = header.get('connect-timeout-ms') ?? header.get('grpc-timeout')
  return written === null ? undefined : Number.parseInt(written)
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
