// Plans and stores an order, reads its plan again by its name, and finds it by its order.
//
//   npm ci && node stored.mjs [host:port] [order]
//
// The server needs a store (docs/deployment.md). Ends with 1 where the plan that is read is another one.
import { call, packing } from './contract.mjs'

const client = packing(process.argv[2] ?? '127.0.0.1:50051')
const order_id = process.argv[3] ?? 'A-1001'
const dimensions = { length_mm: 210, width_mm: 148, height_mm: 20 }
const lines = [{ line_id: 'book', quantity: 3, mass_g: 340, cuboid: { dimensions } }]

try {
  const { plan } = await call(client, 'Pack', { order: { order_id, lines }, catalog: 'catalogs/eu-webshop', persist: true })
  const stored = await call(client, 'GetPlan', { name: plan.name })
  const placed = stored.parcels.reduce((sum, parcel) => sum + parcel.placements.length, 0)
  const boxes = ({ parcels }) => parcels.map(({ box_type_id }) => box_type_id).join(', ')
  console.log(`stored as ${plan.name}, read again: ${placed} units in ${boxes(stored)}`)
  const { plans } = await call(client, 'ListPlans', { filter: `order_id = "${order_id}"` })
  if (boxes(stored) !== boxes(plan) || !plans.some(({ name }) => name === plan.name)) {
    throw new Error('another plan was read')
  }
} catch (error) {
  console.error(`failed: ${error.message}`)
  process.exitCode = 1
} finally {
  client.close()
}
