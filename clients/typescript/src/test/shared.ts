// Calls that every test makes to a live server, over any transport.
import { create, fromJson, type JsonValue } from '@bufbuild/protobuf'
import { type Boxwright, Refusal } from '../index.js'
import { PackRequestSchema } from '../gen/boxwright/v1/packing_service_pb.js'
import { PlanStatus } from '../gen/boxwright/v1/plan_pb.js'

/** Plans a request and returns its boxes; throws if a unit of the order is not in the plan. */
export async function planned(client: Boxwright, request: JsonValue): Promise<string[]> {
  const message = fromJson(PackRequestSchema, request)
  const { plan } = await client.packing.pack(message, { timeoutMs: 20_000 })
  const placed = plan?.parcels.reduce((sum, parcel) => sum + parcel.placements.length, 0)
  const ordered = (message.order?.lines ?? []).reduce((sum, line) => sum + line.quantity, 0)
  if (plan?.status !== PlanStatus.COMPLETE || placed !== ordered) {
    throw new Error(`${placed} of ${ordered} units are in the plan`)
  }
  return plan.parcels.map((parcel) => parcel.boxTypeId)
}

/** Sends a request that cannot be planned, and returns its refusal. */
export async function refused(client: Boxwright): Promise<Refusal> {
  try {
    await client.packing.pack(create(PackRequestSchema, { order: { orderId: 'nothing ordered' } }), { timeoutMs: 20_000 })
  } catch (error) {
    return Refusal.from(error)
  }
  throw new Error('an order without lines was planned')
}
