// A page that plans an order and reads a refusal over HTTP; it writes what it got into itself. Query: server, request.
import type { JsonValue } from '@bufbuild/protobuf'
import { boxwright } from '../index.js'
import { http } from '../web.js'
import { planned, refused } from './shared.js'

async function said(): Promise<string> {
  const query = new URLSearchParams(location.search)
  const client = boxwright(http(query.get('server') ?? 'http://127.0.0.1:8080'))
  const request = (await (await fetch('request.json')).json()) as JsonValue
  const boxes = await planned(client, request)
  const { reason, fields } = await refused(client)
  return `planned in ${boxes.join(', ')}; refused: ${reason}, ${fields.map(({ field }) => field).join(', ')}`
}

said().then(show, (error: unknown) => show(`failed: ${String(error)}`))

function show(text: string): void {
  document.body.textContent = text
}
