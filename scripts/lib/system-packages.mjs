import { chmod, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { exists } from './cache-folder.mjs'
import { runCommand, runOrFail } from './run-command.mjs'
import { StepFailure } from './step-failure.mjs'
import { nameOf, packagesFor, parseLdconfig, parseMadison, SYSTEM_NEEDS } from './system-needs.mjs'

const STEP = 'Installing system packages'
const QUICK_MS = 30_000
const APT_OPTIONS = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']

/**
 * Where Debian asks whether a service that was just installed may start. Tests start servers of their own, so none
 * of the system's is wanted.
 */
const POLICY_FILE = '/usr/sbin/policy-rc.d'

/**
 * Makes sure that what the purposes need is on this machine. As root on Debian or Ubuntu it installs what is
 * missing; elsewhere it names the one command. Where all is there, it only looks.
 * @param {import('./run-entry.mjs').Context} context
 * @param {readonly import('./system-needs.mjs').Purpose[]} purposes
 * @throws {StepFailure} with the command to run, when it cannot install
 */
export async function ensureSystemPackages(context, purposes) {
  if (process.platform !== 'linux') return
  const missing = await findMissing(context, purposes)
  if (missing.length === 0) return
  const names = missing.map(nameOf).join(', ')
  if (!(await exists('/usr/bin/apt-get'))) {
    throw new StepFailure({
      step: STEP,
      cause: `this machine lacks ${names}`,
      remedy: "Install what brings them with your system's package manager, and run it again.",
    })
  }
  if (process.getuid?.() !== 0) {
    const packages = packagesFor(missing, await knownPackages(context, missing))
    throw new StepFailure({
      step: STEP,
      cause: `this machine lacks ${names}, and only root can install them`,
      remedy: `Run: sudo apt-get install -y ${packages.join(' ')}`,
    })
  }
  await context.steps.step(`${STEP} (${names})`, (progress) => install(context, missing, progress))
  const still = await findMissing(context, purposes)
  if (still.length === 0) return
  throw new StepFailure({
    step: STEP,
    cause: `apt-get reported success, but ${still.map(nameOf).join(', ')} cannot be found`,
    remedy: 'Install them by hand and run it again.',
  })
}

/**
 * @param {import('./run-entry.mjs').Context} context
 * @param {readonly import('./system-needs.mjs').Purpose[]} purposes
 */
async function findMissing({ abort, env }, purposes) {
  const needs = SYSTEM_NEEDS.filter(({ purpose }) => purposes.includes(purpose))
  const asksLoader = needs.some(({ probe }) => 'library' in probe)
  const loader = asksLoader
    ? await runCommand('/sbin/ldconfig', ['-p'], { abort, timeoutMs: QUICK_MS })
    : undefined
  // A system without that loader cache (musl, NixOS) is not ours to judge: Electron itself will tell.
  const libraries = loader?.kind === 'exited' ? parseLdconfig(loader.stdout) : undefined
  const present = await Promise.all(
    needs.map(async ({ probe }) => {
      if ('library' in probe) return libraries?.has(probe.library) ?? true
      return 'command' in probe ? hasCommand(probe.command, env) : isBelow(probe)
    }),
  )
  return needs.filter((_, index) => !present[index])
}

/**
 * Whether a command is on PATH.
 * @param {string} command
 * @param {NodeJS.ProcessEnv} env
 */
async function hasCommand(command, { PATH = '' }) {
  const folders = PATH.split(path.delimiter).filter((folder) => folder !== '')
  const found = await Promise.all(folders.map((folder) => exists(path.join(folder, command))))
  return found.includes(true)
}

/**
 * Whether one of the folders below a folder has a file.
 * @param {{ file: string, below: string }} place
 */
async function isBelow({ file, below }) {
  const folders = await readdir(below).catch(() => [])
  const found = await Promise.all(folders.map((name) => exists(path.join(below, name, file))))
  return found.includes(true)
}

/**
 * @param {import('./run-entry.mjs').Context} context
 * @param {readonly import('./system-needs.mjs').SystemNeed[]} needs
 */
async function knownPackages({ abort }, needs) {
  const names = needs.flatMap(({ debian }) => debian)
  const result = await runCommand('apt-cache', ['madison', ...names], {
    abort,
    timeoutMs: QUICK_MS,
  })
  return parseMadison(result.stdout)
}

/**
 * @param {import('./run-entry.mjs').Context} context
 * @param {readonly import('./system-needs.mjs').SystemNeed[]} missing
 * @param {(text: string) => void} progress
 */
async function install(context, missing, progress) {
  const { abort } = context
  const options = {
    abort,
    env: { ...context.env, DEBIAN_FRONTEND: 'noninteractive' },
    step: STEP,
    onLine: progress,
  }
  const update = () =>
    runOrFail('apt-get', ['update', '-o', 'DPkg::Lock::Timeout=300'], {
      ...options,
      remedy: 'Check that the package sources of this machine can be reached, and run it again.',
    })
  const known = await knownPackages(context, missing)
  const unknown = missing.some(({ debian }) => !debian.some((name) => known.has(name)))
  if (unknown) await update()
  const packages = packagesFor(missing, unknown ? await knownPackages(context, missing) : known)
  await withoutServices(async () => {
    const first = await runCommand('apt-get', ['install', ...APT_OPTIONS, ...packages], options)
    if (first.kind === 'exited' && first.code === 0) return
    // Most often the lists are older than the packages they name.
    if (!unknown) await update()
    await runOrFail('apt-get', ['install', ...APT_OPTIONS, ...packages], {
      ...options,
      remedy: `Run: apt-get update && apt-get install -y ${packages.join(' ')}`,
    })
  })
}

/**
 * Keeps freshly installed services from starting while `work` runs, unless the machine has a policy of its own.
 * @param {() => Promise<void>} work
 */
async function withoutServices(work) {
  if (await exists(POLICY_FILE)) return work()
  await writeFile(POLICY_FILE, '#!/bin/sh\nexit 101\n')
  await chmod(POLICY_FILE, 0o755)
  try {
    await work()
  } finally {
    await rm(POLICY_FILE, { force: true })
  }
}
