// A page that plans an order and reads a refusal over HTTP, and calls servers that break connections, played by its own site. It
// writes the results into the page. Query parameter: server.
import type { JsonValue } from '@bufbuild/protobuf'
import { boxwright, Refusal } from '../index.js'
import { http } from '../web.js'
import { planned, refused } from './shared.js'

async function said(): Promise<string> {
  const query = new URLSearchParams(location.search)
  const client = boxwright(http(query.get('server') ?? 'http://127.0.0.1:8080'))
  const request = (await (await fetch('request.json')).json()) as JsonValue
  const boxes = await planned(client, request)
  const { reason, fields } = await refused(client)
  const broken = await listed('twice', 60_000)
  const gone = await listed('always', 1_000)
  return `planned in ${boxes.join(', ')}; refused: ${reason}, ${fields.map(({ field }) => field).join(', ')}; ${broken}; ${gone}`
}

/** Lists catalogs at a server that breaks the connection twice, or always; returns the outcome. */
async function listed(broken: string, timeoutMs: number): Promise<string> {
  try {
    const { totalSize } = await boxwright(http(`${location.origin}/broken/${broken}`)).catalogs.listCatalogs({}, { timeoutMs })
    return `broken ${broken}: answered at attempt ${totalSize}`
  } catch (error) {
    const { code, message, cause } = Refusal.from(error)
    return `broken ${broken}: ${code}, ${message.replace(location.origin, 'the site')}, ${String((cause as Error).cause)}`
  }
}

said().then(show, (error: unknown) => show(`failed: ${String(error)}`))

function show(text: string): void {
  document.body.textContent = text
}
