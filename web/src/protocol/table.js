/** Test rows in canonical form, as `crates/model/src/table.rs` has them. */
import { concat, list, text, u16, u32 } from '../codec/bytes.js'
import { digest } from '../codec/digest.js'
import { floatBits, records } from './csv.js'

/**
 * @typedef {{ features: string[], target: string, classes: string[] }} Schema
 * @typedef {{ schema: Schema, values: number[], labels: number[] }} Table values row by row, as ordered codes
 */

/** A float's bits as an integer that keeps the order of floats; -0 becomes 0. @param {number} bits */
export function ordered(bits) {
  if (bits === 0x80000000) return bits
  return bits >>> 31 ? ~bits >>> 0 : (bits | 0x80000000) >>> 0
}

/** Why a file is no test set of a listing. Its message says what to mend. */
export class TableError extends Error {}

/**
 * Reads labelled rows under a listing's schema. Columns are found by name.
 * @param {string} csv @param {Schema} schema @returns {Table}
 */
export function read(csv, schema) {
  const [header, ...rows] = records(csv)
  if (!header || !rows.length) throw new TableError('the file has no rows below its header')
  const places = schema.features.map((name) => header.indexOf(name))
  const missing = schema.features.filter((_, i) => places[i] < 0)
  if (missing.length) throw new TableError(`the file has no column ${names(missing)}`)
  const target = header.indexOf(schema.target)
  if (target < 0) throw new TableError(`the file has no column ${names([schema.target])}, which holds the answers`)
  const extra = header.filter((name) => name !== schema.target && !schema.features.includes(name))
  if (extra.length) throw new TableError(`the listing has no column ${names(extra)}: leave it out`)
  if (new Set(header).size < header.length) throw new TableError('two columns have the same name')
  const values = /** @type {number[]} */ ([])
  const labels = rows.map((row, i) => {
    const where = `row ${i + 2}`
    if (row.length !== header.length) throw new TableError(`${where} has ${row.length} fields, the header ${header.length}`)
    for (const place of places) {
      const bits = floatBits(row[place])
      if (bits === null) throw new TableError(`${where}, column ${names([header[place]])}: ${names([row[place]])} is no finite number`)
      values.push(ordered(bits))
    }
    const label = schema.classes.indexOf(row[target])
    if (label < 0) throw new TableError(`${where}: ${names([row[target]])} is none of the classes ${names(schema.classes)}`)
    return label
  })
  return { schema, values, labels }
}

/** @param {string[]} all */
function names(all) {
  const shown = all.slice(0, 5).map((name) => `“${name}”`).join(', ')
  return all.length > 5 ? `${shown} and ${all.length - 5} more` : shown
}

/** @param {Schema} schema */
const encodeSchema = (schema) =>
  concat(list(schema.features, text), text(schema.target), list(schema.classes, text))

/** @param {Table} table */
export const encode = ({ schema, values, labels }) =>
  concat(encodeSchema(schema), list(values, u32), list(labels, u16))

/** Names the rows. @param {Uint8Array} encoded */
export const tableDigest = (encoded) => digest('assay/table/1', encoded)

/** What a job says of rows that are shown later. @param {Uint8Array} table their digest @param {Uint8Array} salt */
export const commitment = (table, salt) => digest('assay/test/1', concat(table, salt))

/** The class that is most frequent, and how often it is right. @param {Table} table */
export function majority({ schema, labels }) {
  const counts = schema.classes.map((_, label) => labels.filter((got) => got === label).length)
  const count = Math.max(...counts)
  return { label: schema.classes[counts.indexOf(count)], count }
}
