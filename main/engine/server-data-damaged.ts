/** The server on this computer does not start, as its database is damaged. */
export class ServerDataDamaged extends Error {
  override readonly name = 'ServerDataDamaged'
}
