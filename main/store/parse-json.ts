/** What a text says as JSON; undefined when it is none. Loads no schemas: the start of the app uses it, too. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
