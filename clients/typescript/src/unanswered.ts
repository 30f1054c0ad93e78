import { Code, ConnectError } from '@connectrpc/connect'

/** Error codes of Node for a missing or broken connection. */
const WITHOUT_CONNECTION: ReadonlySet<unknown> = new Set([
  ...['EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EPIPE', 'ETIMEDOUT', 'ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_INVALID_SESSION', 'ERR_HTTP2_INVALID_STREAM'],
  ...['ERR_HTTP2_SESSION_ERROR', 'ERR_HTTP2_STREAM_CANCEL', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE'],
])

/**
 * Returns the error of a call that was not cancelled: `unavailable` if there was no answer, for which Connect uses other codes
 * such as `aborted` and `canceled`, otherwise the error itself.
 */
export function asUnavailable(thrown: unknown, url: string): ConnectError {
  const error = ConnectError.from(thrown)
  const chain = causes(error)
  const cut = error.code === Code.Canceled && error.rawMessage.startsWith('http/2 stream closed') // not cancelled by the caller
  const refused = chain.some(({ message }) => message.includes('NGHTTP2_REFUSED_STREAM'))
  const broken = chain.some((each) => 'code' in each && WITHOUT_CONNECTION.has(each.code))
  return cut || refused || broken ? noAnswer(url, error.cause ?? error) : error
}

/** Returns the error of a call to an unreachable server; `cause` is the error that showed it. */
export function noAnswer(url: string, cause: unknown): ConnectError {
  const seen = causes(cause).map((each) => (each instanceof ConnectError ? each.rawMessage : each.message) || each.name)
  const text = `${url.split('/', 3).join('/')} cannot be reached: ${seen.join(': ') || String(cause)}`
  return new ConnectError(text, Code.Unavailable, undefined, undefined, cause)
}

/** Returns an error and the chain of its causes. */
function causes(error: unknown): Error[] {
  const found: Error[] = []
  for (let each = error; each instanceof Error && !found.includes(each); each = each.cause) found.push(each)
  return found
}
