import { useFerry, useModel } from '../../app/ferry-context.tsx'
import { Button } from '../../ui/button.tsx'
import './undo-bar.css'

const NONE: readonly never[] = []

/** What was deleted or thrown away just now, each with the way back, for as long as there is one. */
export function UndoBar() {
  const { api, controller } = useFerry()
  const undoable = useModel((model) => model.app?.state.undoable ?? NONE)
  return (
    <div className="undo-bar">
      <div className="undo-bar__list">
        {undoable.map(({ key, what }) => (
          <div key={key} className="undo-bar__item" role="status" aria-label={WORDS[what]}>
            <span>{WORDS[what]}</span>
            <Button small onClick={() => void controller.perform('Not undone', api.undo({ key }))}>
              Undo
            </Button>
          </div>
        ))}
      </div>
    </div>
  )
}

const WORDS = { delete: 'Message deleted', discard: 'Discarded' } as const
