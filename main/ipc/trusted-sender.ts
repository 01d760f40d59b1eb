/** What is known of the frame that a call came from. `origin` is the browser's own serialisation of it. */
export interface Sender {
  readonly webContentsId: number
  /** null: the frame is gone, or was navigated away before the call was looked at. */
  readonly frame: { readonly origin: string; readonly isMainFrame: boolean } | null
}

/** Who may call: the main frame of this window, while it shows this origin. */
export interface TrustedPage {
  readonly webContentsId: number
  readonly origin: string
}

/** Whether a call comes from our page and nobody else: another window, a subframe or a foreign origin is refused. */
export function isTrustedSender(sender: Sender, page: TrustedPage | null): boolean {
  if (page === null || sender.frame === null) return false
  return (
    sender.webContentsId === page.webContentsId &&
    sender.frame.isMainFrame &&
    sender.frame.origin === page.origin
  )
}
