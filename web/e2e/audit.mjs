/**
 * What keeps people out who do not see the page, or not well, or have no mouse: names, headings, references, contrast,
 * sizes, focus. Runs in the page; returns what is wrong, in words.
 */
export function audit() {
  const faults = []
  const all = (selector) => [...document.querySelectorAll(selector)]
  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const where = (element) => element.outerHTML.slice(0, 120)

  // Whatever can be used has a name.
  const text = (element) => [...element.childNodes].map((node) => (node.nodeType === 3 ? node.data : node.alt ?? (node.getAttribute?.('aria-hidden') ? '' : node.childNodes ? text(node) : ''))).join('').trim()
  const name = (element) => element.getAttribute('aria-label') || (element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('') || [...(element.labels ?? [])].map(text).join(' ') || text(element)
  for (const element of all('a[href], button, input, select, textarea, summary, [role=img]')) if (isShown(element) && !name(element).trim()) faults.push(`no name: ${where(element)}`)
  for (const image of all('img')) if (!image.hasAttribute('alt')) faults.push(`no text for an image: ${where(image)}`)

  // Headings are an outline.
  const levels = all('h1, h2, h3, h4, h5, h6').filter(isShown).map((heading) => Number(heading.tagName[1]))
  if (levels.filter((level) => level === 1).length !== 1 || levels[0] !== 1) faults.push(`not one first heading: ${levels}`)
  levels.forEach((level, at) => at && levels[at - 1] + 1 < level && faults.push(`a level of headings is left out: ${levels}`))

  // References lead somewhere, and to one place.
  const ids = all('[id]').map(({ id }) => id)
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`two elements are named ${id}`)
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']) {
    for (const element of all(`[${attribute}]`)) for (const id of element.getAttribute(attribute).split(' ')) if (!ids.includes(id)) faults.push(`nothing is named ${id}: ${where(element)}`)
  }
  if (!document.documentElement.lang || !document.title.trim()) faults.push('no language, or no title')
  for (const landmark of ['header', 'main', 'footer', 'nav']) if (all(landmark).length !== 1) faults.push(`not one ${landmark}`)
  for (const element of all('[tabindex]')) if (0 < element.tabIndex) faults.push(`an order of its own: ${where(element)}`)
  for (const table of all('table')) if (!table.querySelector('th')) faults.push(`a table without headings: ${where(table)}`)
  for (const element of all('.scroll')) if (element.clientWidth < element.scrollWidth && (element.tabIndex < 0 || !name(element))) faults.push(`no key scrolls it: ${where(element)}`)

  // Letters stand out from what is behind them: 4.5 to 1, large ones 3 to 1.
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true })
  const colour = (value) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = value
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const over = ([r, g, b, a], [r2, g2, b2]) => [[r, r2], [g, g2], [b, b2]].map(([top, below]) => (top * a + below * (255 - a)) / 255)
  const behind = (element) => {
    const layers = []
    for (let at = element; at; at = at.parentElement) layers.unshift(colour(getComputedStyle(at).backgroundColor))
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255])
  }
  const luminance = (rgb) => rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0)
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const seen = new Set()
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement
    if (!walker.currentNode.data.trim() || seen.has(element) || !isShown(element) || element.closest('[aria-hidden=true], :disabled, noscript, title')) continue
    seen.add(element)
    const style = getComputedStyle(element)
    const below = behind(element)
    const [one, other] = [over(colour(style.color), below), below].map(luminance)
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
    const size = parseFloat(style.fontSize)
    const needed = 24 <= size || (18.66 <= size && 700 <= Number(style.fontWeight)) ? 3 : 4.5
    if (contrast < needed) faults.push(`contrast ${contrast.toFixed(2)}: ${where(element)}`)
  }

  if (matchMedia('(prefers-reduced-motion: reduce)').matches) for (const one of document.getAnimations()) faults.push(`it moves: ${where(one.effect.target)}`)

  // A finger finds what is not a word in a sentence: 24 by 24.
  for (const element of all('button, input:not([type=file]), select, nav a, .button')) {
    const { width, height } = (element.type === 'checkbox' ? element.closest('label') ?? element : element).getBoundingClientRect()
    if (isShown(element) && (width < 24 || height < 24)) faults.push(`${Math.round(width)} by ${Math.round(height)}: ${where(element)}`)
  }
  return faults
}

/**
 * Walks through the page with the tabulator key, from its beginning to its end. Returns what is wrong: what is reached twice or
 * not at all, what does not show that it has the focus, what lies under the header then.
 * @param {import('playwright-core').Page} page
 */
export async function walk(page) {
  const faults = []
  await page.evaluate(() => {
    scrollTo(0, 0)
    document.activeElement?.blur()
    window.reached = new Set()
    // What comes while it is walked through is another page's business.
    window.before = new Set(document.querySelectorAll('*'))
    // Where it begins: before everything.
    document.body.tabIndex = -1
    document.body.focus()
    document.body.removeAttribute('tabindex')
  })
  for (let steps = 0; steps < 500; steps++) {
    await page.keyboard.press('Tab')
    const told = await page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body || window.reached.has(element)) return null
      window.reached.add(element)
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      const box = element.getBoundingClientRect()
      const header = document.querySelector('header').getBoundingClientRect()
      const isUnder = !element.closest('header') && !element.closest('.skip') && box.top < header.bottom - 1 && 0 < header.bottom && box.bottom <= header.bottom
      const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0
      return { html: element.outerHTML.slice(0, 120), isSeen, isUnder }
    })
    if (!told) break
    if (!told.isSeen) faults.push(`no sign of the focus: ${told.html}`)
    if (told.isUnder) faults.push(`under the header: ${told.html}`)
  }
  const left = await page.evaluate(() =>
    [...document.querySelectorAll('a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), summary, [tabindex="0"]')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && window.before.has(element) && !window.reached.has(element))
      .map((element) => element.outerHTML.slice(0, 120)),
  )
  return [...faults, ...left.map((html) => `no key reaches it: ${html}`)]
}
