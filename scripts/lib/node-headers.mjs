import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { exists } from './cache-folder.mjs'

/**
 * A folder with `include/node/node_api.h`, for node-gyp's `--nodedir`: beside one of the Nodes at hand, or where
 * the system's packages put it. Any Node's will do. Without one node-gyp fetches them itself.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>}
 */
export async function findNodeHeaders(env) {
  const { npm_node_execpath: npmNode, npm_config_nodedir: configured } = env
  const nodes = [process.execPath, npmNode].filter((file) => file !== undefined)
  const beside = await Promise.all(
    nodes.map((file) =>
      realpath(file).then(
        (real) => path.dirname(path.dirname(real)),
        () => undefined,
      ),
    ),
  )
  for (const folder of [configured, ...beside, '/usr', '/usr/local']) {
    if (folder === undefined) continue
    if (await exists(path.join(folder, 'include', 'node', 'node_api.h'))) return folder
  }
  return undefined
}
