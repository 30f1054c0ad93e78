// Plans docs/requests/PackingService.Pack.json with a Boxwright server and prints the plan; then sends an
// order that cannot be packed, and prints the fields and lines in the error.
//
//   node dist/test/smoke.js [host:port] [request.json]
//
// Exits with 0 if every unit of the order is in the plan and the error could be read, otherwise with 1.
import { readFileSync } from 'node:fs'
import { create, fromJson, type JsonValue } from '@bufbuild/protobuf'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { BadRequestSchema, ErrorInfoSchema } from '../gen/google/rpc/error_details_pb.js'
import { PackingService, PackRequestSchema } from '../gen/boxwright/v1/packing_service_pb.js'
import { HandlingMark } from '../gen/boxwright/v1/parcel_pb.js'
import { type Plan, PlanStatus } from '../gen/boxwright/v1/plan_pb.js'

const target = process.argv[2] ?? '127.0.0.1:50051'
const requestFile =
  process.argv[3] ?? new URL('../../../../docs/requests/PackingService.Pack.json', import.meta.url)

const client = createClient(PackingService, createGrpcTransport({ baseUrl: `http://${target}` }))

function show(plan: Plan): void {
  console.log(`order ${plan.orderId}: ${PlanStatus[plan.status]}`)
  for (const parcel of plan.parcels) {
    const marks = parcel.handlingMarks.map((mark) => `, ${HandlingMark[mark].replace('_', ' ')}`)
    console.log(`  ${parcel.boxTypeId}, ${parcel.grossG} g gross, ${parcel.placements.length} units${marks.join('')}`)
  }
  for (const footprint of plan.footprints) {
    console.log(`  ${footprint.accountingProfile}: ${Number(footprint.totalCo2eMg) / 1000} g CO2e`)
  }
}

async function planned(): Promise<void> {
  const request = fromJson(PackRequestSchema, JSON.parse(readFileSync(requestFile, 'utf8')) as JsonValue)
  const { plan } = await client.pack(request, { timeoutMs: 20_000 })
  if (plan === undefined) throw new Error('the answer holds no plan')
  show(plan)
  const placed = plan.parcels.reduce((sum, parcel) => sum + parcel.placements.length, 0)
  const ordered = (request.order?.lines ?? []).reduce((sum, line) => sum + line.quantity, 0)
  if (plan.status !== PlanStatus.COMPLETE || placed !== ordered) {
    throw new Error(`${placed} of ${ordered} units are in the plan`)
  }
}

async function refused(): Promise<void> {
  try {
    await client.pack(create(PackRequestSchema, { order: { orderId: 'nothing ordered' } }), { timeoutMs: 20_000 })
  } catch (error) {
    const refusal = ConnectError.from(error)
    const reason = refusal.findDetails(ErrorInfoSchema)[0]?.reason
    const fields = refusal.findDetails(BadRequestSchema).flatMap((detail) => detail.fieldViolations)
    console.log(`refused: ${Code[refusal.code]}, ${reason}`)
    for (const each of fields) console.log(`  ${each.field}: ${each.description}`)
    if (refusal.code !== Code.InvalidArgument || reason === undefined || fields.length === 0) throw error
    return
  }
  throw new Error('an order without lines was planned')
}

try {
  await planned()
  await refused()
} catch (error) {
  console.error(`failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
