import { DEFAULT_EDIT_WINDOW_MS } from '../../protocol/limits.ts'
import { VERSION } from '../version.ts'
import { DEFAULT_RATE_LIMIT } from '../ws/limits.ts'

/** What --version says. */
export const VERSION_LINE = `ferry-server ${VERSION}`

/** What --help says: every command and flag that settings.ts reads. */
export const USAGE = `${VERSION_LINE}: the sync server of Ferry

npm run server -- [flags]                     serves until SIGTERM
npm run server -- backup FILE [--data DIR]    copies the SQLite database of DIR, which may be in use, to FILE
npm run server -- restored [flags]            says that the database was put back from a backup; no server may run

  --host ADDRESS             address to listen on (127.0.0.1)
  --port N                   port; 0 takes a free one (0)
  --data DIR                 folder of the SQLite database (./data)
  --database postgres://...  PostgreSQL instead of SQLite
  --redis redis://...        Redis, for several nodes on one PostgreSQL
  --edit-window-minutes N    how long authors may edit (${DEFAULT_EDIT_WINDOW_MS / 60_000})
  --rate-limit N             requests a second for one connection; 0: none (${DEFAULT_RATE_LIMIT})
  --registration open|closed whether new accounts may be made (open)
  --max-waiting-mib N        memory for what clients have not read yet, of all together (256)
  --stream-cap N             entries that Redis keeps of a stream (50000)
  --trust-proxy CIDR...      proxies whose X-Forwarded-For is believed, like 127.0.0.1 or 10.0.0.0/8 (none)
  --metrics local|any        who may read /metrics: this machine alone, or anybody (local)
  --help, --version          this text; the version

FERRY_DATABASE and FERRY_REDIS in the environment stand for the flags, FERRY_DATABASE_FILE and FERRY_REDIS_FILE name
files that hold them: so a password is in no list of processes.

The first line on stdout is {"event":"listening","url":"http://..."}. Logs go to stderr, one JSON object a line.
A bad flag is told in one line on stderr, with exit code 2.`
