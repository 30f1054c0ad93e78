import { Code, ConnectError } from '@connectrpc/connect'

/** How Node says that there is no connection, or none any more. */
const WITHOUT_CONNECTION: ReadonlySet<unknown> = new Set([
  ...['EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EPIPE', 'ETIMEDOUT', 'ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_INVALID_SESSION', 'ERR_HTTP2_INVALID_STREAM'],
  ...['ERR_HTTP2_SESSION_ERROR', 'ERR_HTTP2_STREAM_CANCEL', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE'],
])

/**
 * Returns what a call ended with, where nobody cancelled it: `unavailable` where no answer came, for which Connect has other
 * codes, `aborted` and `canceled` among them, and the error itself where there was one.
 */
export function asUnavailable(thrown: unknown, url: string): ConnectError {
  const error = ConnectError.from(thrown)
  const chain = causes(error)
  const cut = error.code === Code.Canceled && error.rawMessage.startsWith('http/2 stream closed') // by nobody here
  const refused = chain.some(({ message }) => message.includes('NGHTTP2_REFUSED_STREAM'))
  const broken = chain.some((each) => 'code' in each && WITHOUT_CONNECTION.has(each.code))
  return cut || refused || broken ? noAnswer(url, error.cause ?? error) : error
}

/** Returns the error of a call to a server that cannot be reached, or not any more; `cause` says what was seen of it. */
export function noAnswer(url: string, cause: unknown): ConnectError {
  const seen = causes(cause).map((each) => (each instanceof ConnectError ? each.rawMessage : each.message) || each.name)
  const text = `${url.split('/', 3).join('/')} cannot be reached: ${seen.join(': ') || String(cause)}`
  return new ConnectError(text, Code.Unavailable, undefined, undefined, cause)
}

/** Returns an error, its cause, the cause of that, and so on. */
function causes(error: unknown): Error[] {
  const found: Error[] = []
  for (let each = error; each instanceof Error && !found.includes(each); each = each.cause) found.push(each)
  return found
}
