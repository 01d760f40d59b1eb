import { Tooltip } from '@base-ui/react/tooltip'
import { landmarkOf } from './landmark.ts'
import './tooltip.css'

/** The one tooltip of the window; see `tooltip-host.tsx` for when it shows. */
export function TooltipPopup({ anchor, text }: { anchor: Element; text: string }) {
  return (
    <Tooltip.Root open>
      <Tooltip.Portal container={landmarkOf(anchor)}>
        <Tooltip.Positioner className="tooltip-positioner" anchor={anchor} sideOffset={6}>
          <Tooltip.Popup className="tooltip">{text}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
