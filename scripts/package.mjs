/**
 * `npm run package -- --dir`: the program as it is shipped, in release/. Arguments go on to electron-builder. On a
 * machine that has only the runtime from the package registry, the program is made of that one.
 */
import { prepareApp } from './lib/bootstrap.mjs'
import { inModules, installedVersion, PROJECT_NODE, ROOT } from './lib/project.mjs'
import { runOrFail } from './lib/run-command.mjs'
import { runEntry } from './lib/run-entry.mjs'

await runEntry(async (context) => {
  const electron = await prepareApp(context)
  const pinned = electron.version === installedVersion('electron')
  const runtime = pinned
    ? []
    : [`--config.electronDist=${electron.folder}`, `--config.electronVersion=${electron.version}`]
  if (!pinned)
    context.steps.note(`  With Electron ${electron.version}: for trying out, not for shipping.`)
  await context.steps.step('Packaging', (progress) =>
    runOrFail(
      PROJECT_NODE,
      [
        inModules('electron-builder', 'cli.js'),
        '--publish',
        'never',
        ...runtime,
        ...process.argv.slice(2),
      ],
      {
        abort: context.abort,
        cwd: ROOT,
        env: context.env,
        onLine: progress,
        step: 'Packaging',
        remedy:
          'Mend what the lines above name. Only --dir works without reaching the hosts of its tools.',
      },
    ),
  )
  context.steps.note('  In release/.')
  return 0
})
