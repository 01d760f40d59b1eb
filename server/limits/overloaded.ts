/** More is asked for than may wait. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
}
