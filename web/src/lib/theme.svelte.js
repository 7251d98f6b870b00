/** Light, dark, or as the system has it. */
const CHOICES = /** @type {const} */ (['auto', 'light', 'dark'])
const system = matchMedia('(prefers-color-scheme: dark)')

function kept() {
  try {
    return localStorage.getItem('assay.theme')
  } catch {
    return null
  }
}

let choice = $state(CHOICES.find((name) => name === kept()) ?? 'auto')
let isSystemDark = $state(system.matches)
system.addEventListener('change', () => (isSystemDark = system.matches))

export const theme = {
  get choice() {
    return choice
  },
  get isDark() {
    return choice === 'dark' || (choice === 'auto' && isSystemDark)
  },
  next() {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length]
    try {
      localStorage.setItem('assay.theme', choice)
    } catch {
      // A browser that keeps nothing asks the system each time.
    }
  },
}
