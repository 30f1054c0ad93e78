import { Code, ConnectError, type Interceptor } from '@connectrpc/connect'
import { Refusal } from './refusal.js'
import { asUnavailable } from './unanswered.js'

export interface RetryingOptions {
  /** Most attempts of a call, including the first. Default: as many as its deadline allows. */
  attempts?: number
  /** Wait before the second attempt if the server suggests none, in ms; it doubles up to 1 s. Default 100. */
  firstWaitMs?: number
}

const LONGEST_WAIT_MS = 1_000

/** Time for which a call without a deadline is retried. */
const WITHOUT_DEADLINE_MS = 10_000

/** Headers with the ms left of a call, and the suffix of their number. */
const DEADLINES = { 'connect-timeout-ms': '', 'grpc-timeout': 'm' } as const

const made = new WeakSet<Interceptor>()

/**
 * Retries unary calls within their deadline if the server is busy or restarting or the connection breaks; each attempt tells
 * the server how much time is left. This is safe for every call: plans have no side effects, and calls with a `request_id` take
 * effect once. A plan that could not be stored is not retried: the caller can repeat the call without storing it. Cancelled
 * calls end at once.
 */
export function retrying({ attempts = Infinity, firstWaitMs = 100 }: RetryingOptions = {}): Interceptor {
  const interceptor: Interceptor = (next) => async (request) => {
    if (request.stream) return await next(request)
    const untilMs = performance.now() + (deadlineMs(request.header) ?? WITHOUT_DEADLINE_MS)
    let nextMs = firstWaitMs
    for (let attempt = 1; ; attempt++) {
      const header = new Headers(request.header) // a copy, since each attempt adds headers
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

/** Returns whether an interceptor comes from `retrying`. */
export function retries(interceptor: Interceptor): boolean {
  return made.has(interceptor)
}

/** Returns the deadline in the headers of a call, in ms; undefined if it has none. */
function deadlineMs(header: Headers): number | undefined {
  for (const name in DEADLINES) {
    const written = header.get(name)
    if (written !== null) return Number.parseInt(written)
  }
  return undefined
}

/** Replaces the deadline in the headers by the ms left. */
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
