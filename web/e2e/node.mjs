/** A node of a market of its own, run by the program `ASSAY`. */
import { execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { resolve } from 'node:path'

const assay = process.env.ASSAY ?? resolve(import.meta.dirname, '../../target/debug/assay')
const environment = { ...process.env, ASSAY_PASSWORD: 'correct horse' }

/** Runs a command, and returns the object that it prints. @param {string} folder @param {string[]} args */
export function run(folder, args) {
  const told = execFileSync(assay, [...args, '--json'], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
  return JSON.parse(told)
}

/** Begins a market in `folder` with an owner and a funded buyer, and serves it. @param {string} folder @param {string} buyer */
export async function begin(folder, buyer) {
  const { address } = run(folder, ['wallet', 'new', '--dir', 'owner'])
  run(folder, ['ledger', 'new', '--dir', '.', '--fund', `${address}=10000`, '--fund', `${buyer.toLowerCase()}=10000`])
  const args = ['node', 'run', '--dir', '.', '--listen', '127.0.0.1:0', '--block-ms', '250', '--json']
  const child = spawn(assay, args, { cwd: folder, env: { ...environment, RUST_LOG: 'warn' }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((done) => child.once('exit', done))
  const first = await Promise.race([
    new Promise((told) => createInterface({ input: child.stdout }).once('line', told)),
    ended.then(() => { throw new Error('the node has ended') }),
  ])
  return {
    url: JSON.parse(first).url,
    owner: address,
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
