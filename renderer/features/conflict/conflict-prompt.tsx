import { lazy, Suspense, useState } from 'react'
import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { type Conflict, withoutConflict } from '../../state/conflicts.ts'
import type { Model } from '../../state/model.ts'

const ConflictDialog = lazy(async () => ({
  default: (await import('./conflict-dialog.tsx')).ConflictDialog,
}))

/** The oldest conflict that waits for an answer. */
export function openConflict(model: Model): Conflict | null {
  for (const conflict of model.conflicts.values()) {
    if (!model.postponed.has(conflict.key)) return conflict
  }
  return null
}

/** Asks about conflicts, one after another; closing the dialog leaves one for later. */
export function ConflictPrompt() {
  const { api, controller, store } = useFerry()
  const conflict = useModel(openConflict)
  const name = useModel((model) =>
    conflict === null ? null : (model.conversations.byId.get(conflict.conversation)?.name ?? null),
  )
  const [busy, setBusy] = useState(false)
  if (conflict === null) return null
  const { key } = conflict

  async function choose(choice: 'mine' | 'theirs'): Promise<void> {
    setBusy(true)
    const done = await controller.perform(
      'Your choice could not be kept',
      api.resolveConflict({ key, choice }),
    )
    setBusy(false)
    if (!done) return
    store.update((model) => ({ ...model, conflicts: withoutConflict(model.conflicts, key) }))
  }

  return (
    <Suspense fallback={null}>
      <ConflictDialog
        key={key}
        conflict={conflict}
        conversation={name}
        busy={busy}
        onChoose={(choice) => void choose(choice)}
        onPostpone={() =>
          store.update((model) => ({
            ...model,
            postponed: new Set(model.postponed).add(key),
          }))
        }
      />
    </Suspense>
  )
}
