// Plans docs/requests/PackingService.Pack.json with a Boxwright server and prints the plan.
//
//   npm ci && node smoke.mjs [host:port] [request.json]
//
// Exits with 0 if every unit of the order is in the plan, otherwise with 1.
import { readFileSync } from 'node:fs'
import { call, here, packing } from './contract.mjs'

const client = packing(process.argv[2] ?? '127.0.0.1:50051')
const requestFile = process.argv[3] ?? here('../../docs/requests/PackingService.Pack.json')
const request = JSON.parse(readFileSync(requestFile, 'utf8'))

function print(plan) {
  console.log(`order ${plan.order_id}: ${plan.status}`)
  for (const parcel of plan.parcels) {
    const marks = parcel.handling_marks.map((mark) => `, ${mark.replace('HANDLING_MARK_', '').replace('_', ' ')}`)
    console.log(`  ${parcel.box_type_id}, ${parcel.gross_g} g gross, ${parcel.placements.length} units${marks.join('')}`)
    for (const unit of parcel.placements) {
      const at = [unit.x_mm, unit.y_mm, unit.z_mm].join(', ')
      console.log(`    ${unit.step}. ${unit.line_id}#${unit.unit_index} at ${at} mm, ${unit.orientation}`)
    }
  }
  for (const footprint of plan.footprints) {
    const grams = footprint.total_co2e_mg / 1000
    console.log(`  ${footprint.accounting_profile}, ${footprint.allocation}: ${grams} g CO2e`)
  }
}

try {
  const { plan } = await call(client, 'Pack', request)
  print(plan)
  const placed = plan.parcels.reduce((sum, parcel) => sum + parcel.placements.length, 0)
  const ordered = request.order.lines.reduce((sum, line) => sum + line.quantity, 0)
  if (plan.status !== 'PLAN_STATUS_COMPLETE' || placed !== ordered) {
    throw new Error(`${placed} of ${ordered} units are in the plan`)
  }
} catch (error) {
  console.error(`failed: ${error.message}`)
  process.exitCode = 1
} finally {
  client.close()
}
