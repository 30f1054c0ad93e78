import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { Refusal } from './refusal.js'
import { asUnavailable } from './unanswered.js'

export interface RetryingOptions {
  /** How often a call is made at most, the first included. Default: as often as its deadline has time for. */
  attempts?: number
  /** The wait before the second attempt where the server names none, in ms; it doubles, up to 1 s. Default 100. */
  firstWaitMs?: number
}

const LONGEST_WAIT_MS = 1_000

/** For how long a call without a deadline is tried again. */
const WITHOUT_DEADLINE_MS = 10_000

/** Headers that say how many ms a call has left, with what is written behind the number. */
const DEADLINES = { 'connect-timeout-ms': '', 'grpc-timeout': 'm' } as const

const made = new WeakSet<Interceptor>()

/**
 * Tries calls with one answer again that a busy or restarting server did not take, or whose connection broke, for as long as
 * the call's deadline has time; each attempt tells the server how much of it is left. That is safe for every call: a plan has
 * no effect on the server, and one with a `request_id` is made once. A plan that a store did not take is not asked for again:
 * a station takes it without being stored. A call that its caller cancels ends at once.
 */
export function retrying({ attempts = Infinity, firstWaitMs = 100 }: RetryingOptions = {}): Interceptor {
  const interceptor: Interceptor = (next) => async (request) => {
    if (request.stream) return await next(request)
    const untilMs = performance.now() + (deadlineMs(request.header) ?? WITHOUT_DEADLINE_MS)
    let nextMs = firstWaitMs
    for (let attempt = 1; ; attempt++) {
      const header = new Headers(request.header) // of this attempt: what is added to it does not come twice
      if (attempt > 1) writeDeadline(header, untilMs - performance.now())
      try {
        return await next({ ...request, header })
      } catch (thrown) {
        if (request.signal.aborted) throw thrown
        const error = asUnavailable(thrown, request.url)
        const { code, reason, retryAfterMs } = Refusal.from(error)
        const again = retryAfterMs !== undefined || (code === 'unavailable' && !reason.startsWith('STORE_'))
        if (!again || attempt >= attempts) throw error
        const waitMs = retryAfterMs ?? nextMs * (0.5 + Math.random() / 2)
        if (performance.now() + waitMs >= untilMs) throw error
        if (retryAfterMs === undefined) nextMs = Math.min(2 * nextMs, LONGEST_WAIT_MS)
        await waited(waitMs, request.signal)
      }
    }
  }
  made.add(interceptor)
  return interceptor
}

/** Returns whether `retrying` made an interceptor. */
export function retries(interceptor: Interceptor): boolean {
  return made.has(interceptor)
}

/** Returns the deadline that a transport wrote into the headers of a call, in ms; undefined where it has none. */
function deadlineMs(header: Headers): number | undefined {
  for (const name in DEADLINES) {
    const written = header.get(name)
    if (written !== null) return Number.parseInt(written)
  }
  return undefined
}

/** Writes how many ms are left where a transport wrote the whole deadline. */
function writeDeadline(header: Headers, leftMs: number): void {
  for (const [name, unit] of Object.entries(DEADLINES)) {
    if (header.has(name)) header.set(name, `${Math.max(1, Math.round(leftMs))}${unit}`)
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
