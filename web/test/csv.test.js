import assert from 'node:assert/strict'
import test from 'node:test'
import { floatBits, records } from '../src/protocol/csv.js'
import { TableError, ordered, read } from '../src/protocol/table.js'

test('records are split as the importer splits them', () => {
  assert.deepEqual(records('a, b\r\n1,"x, ""y"""\n\n 2 ,z'), [['a', 'b'], ['1', 'x, "y"'], ['2', 'z']])
  assert.deepEqual(records('\ufeffa\n1\n'), [['a'], ['1']])
  assert.deepEqual(records('a,b\n1,\n'), [['a', 'b'], ['1', '']])
})

test('a number is rounded once', () => {
  const bits = (single) => new Uint32Array(new Float32Array([single]).buffer)[0]
  // 1 + 2^-24 is halfway between two floats: even wins, unless the text is a little more.
  assert.equal(floatBits('1.000000059604644775390625'), bits(1))
  assert.equal(floatBits('1.00000005960464477539062500000000000001'), bits(1) + 1)
  assert.equal(floatBits('1.000000178813934326171875'), bits(1) + 2)
  assert.equal(floatBits('1.00000017881393432617187499999999999999'), bits(1) + 1)
  assert.equal(floatBits('-1.00000005960464477539062500000000000001'), bits(-1) + 1)
  assert.equal(floatBits('0'), 0)
  assert.equal(floatBits('-0'), 0x80000000)
  assert.equal(floatBits('1e-46'), 0)
  assert.equal(floatBits('7.00649232162408535461864791644958065640130970938257885878534e-46'), 0)
  assert.equal(floatBits('7.0064923216240853546186479164495806564013097093825788587854e-46'), 1)
  assert.equal(floatBits('3.4028234e38'), 0x7f7fffff)
  for (const text of ['', '.', 'e1', '1e', '0x10', 'Infinity', 'NaN', '1e39', '1,5', '1_0', '--1']) assert.equal(floatBits(text), null, text)
  for (const text of ['1.', '.5', '+2', '1E+2', '1e-2']) assert.notEqual(floatBits(text), null, text)
})

test('codes keep the order of floats', () => {
  const codes = ['-3e38', '-1', '-1e-40', '0', '1e-40', '1', '3e38'].map((text) => ordered(floatBits(text)))
  assert.deepEqual([...codes].sort((a, b) => a - b), codes)
  assert.equal(ordered(floatBits('-0')), ordered(floatBits('0')))
})

const SCHEMA = { features: ['a', 'b'], target: 'y', classes: ['no', 'yes'] }

test('columns are found by name', () => {
  const table = read('b,y,a\n2,yes,1\n4,no,3\n', SCHEMA)
  assert.deepEqual(table.labels, [1, 0])
  assert.deepEqual(table.values, ['1', '2', '3', '4'].map((text) => ordered(floatBits(text))))
})

test('a file that does not fit says why', () => {
  for (const [csv, why] of [
    ['', 'no rows'], ['a,b,y', 'no rows'], ['a,y\n1,no', 'no column “b”'], ['a,b\n1,2', 'no column “y”'],
    ['a,b,y,c\n1,2,no,3', 'no column “c”'], ['a,b,y\n1,2', 'row 2 has 2 fields'], ['a,b,y\n1,?,no', '“?” is no finite number'],
    ['a,b,y\n1,2,perhaps', '“perhaps” is none of the classes'], ['a,b,y,y\n1,2,no,no', 'the same name'],
  ]) assert.throws(() => read(csv, SCHEMA), (error) => error instanceof TableError && error.message.includes(why), csv)
})
