import './ui/tokens.css'
import './ui/base.css'
import { mount } from './app/mount.tsx'

mount(window.ferry)
