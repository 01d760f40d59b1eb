import { HardDrive } from 'lucide-react'
import { useState } from 'react'
import type { StorageView } from '../../../protocol/ipc/views.ts'
import { useFerry } from '../../app/ferry-context.tsx'
import { attempt } from '../../state/bridge.ts'
import { describeFailure } from '../../text/describe-failure.ts'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { RepairOffers } from './repair-offers.tsx'
import './storage-failed.css'

type Failed = Extract<StorageView, { status: 'failed' }>

const WORDS: Record<Failed['reason'], { title: string; text: string }> = {
  disk_full: {
    title: 'The disk is full',
    text: 'Ferry cannot store what you write, so it takes nothing more. Everything so far is kept. Make some room, and Ferry goes on by itself.',
  },
  read_only: {
    title: 'The profile cannot be written to',
    text: 'Ferry may read its data but not change it. Give yourself the right to write to this file and start Ferry again.',
  },
  corrupt: {
    title: 'The data on this computer is damaged',
    text: 'Nothing was overwritten. Save what can still be read first; then set the file aside and go on.',
  },
  foreign: {
    title: 'This file is not Ferry’s',
    text: 'Something else stands where Ferry keeps its data, so Ferry left it alone. Set it aside to go on, or move it away yourself.',
  },
  unexpected: {
    title: 'Ferry met a problem',
    text: 'It starts again by itself in a few seconds. Nothing you wrote is lost. If this stays, save what can be read, and report it with the log (Help, Show Logs).',
  },
  newer_version: {
    title: 'This profile belongs to a newer Ferry',
    text: 'A newer version has written it, and this one would misread it. Nothing was changed; start the newer version instead.',
  },
}

type Export =
  | { status: 'none' }
  | { status: 'busy' }
  | { status: 'done'; path: string }
  | { status: 'failed'; reason: string }

/** Shown instead of everything else when the profile cannot be used: what is wrong, and how to save what is left. */
export function StorageFailed({ storage }: { storage: Failed }) {
  const { api, composers } = useFerry()
  const texts = composers.texts()
  const [saved, setSaved] = useState<Export>({ status: 'none' })
  const { title, text } = WORDS[storage.reason]

  async function save(): Promise<void> {
    if (saved.status === 'busy') return
    setSaved({ status: 'busy' })
    const answer = await attempt(api.exportReadableData())
    if (!answer.ok) setSaved({ status: 'failed', reason: describeFailure(answer.failure) })
    else if (answer.value === null) setSaved({ status: 'none' })
    else setSaved({ status: 'done', path: answer.value.path })
  }

  return (
    <main className="storage-failed">
      <HardDrive size={40} strokeWidth={1.5} />
      <h1 className="storage-failed__title">{title}</h1>
      <p className="storage-failed__text">{text}</p>
      <p className="storage-failed__path selectable">{storage.path}</p>
      <div className="storage-failed__offers">
        <Button look="primary" aria-disabled={saved.status === 'busy'} onClick={() => void save()}>
          {saved.status === 'busy' && <Spinner />}
          Save what can be read…
        </Button>
        <RepairOffers ways={storage.ways} path={storage.path} />
      </div>
      <p className="storage-failed__result" aria-live="polite">
        {saved.status === 'done' && `Saved as ${saved.path}`}
        {saved.status === 'failed' && `Not saved. ${saved.reason}.`}
      </p>
      {texts.length > 0 && (
        <section className="storage-failed__texts" aria-labelledby="storage-failed-texts">
          <h2 id="storage-failed-texts" className="storage-failed__label">
            You were writing this; copy what you need
          </h2>
          {texts.map((text) => (
            <p key={text} className="storage-failed__draft selectable" dir="auto">
              {text}
            </p>
          ))}
        </section>
      )}
    </main>
  )
}
