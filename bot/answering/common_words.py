"""Words that say nothing of what a question is about, in six languages: articles, pronouns, what asks, plain verbs."""

COMMON_WORDS = frozenset(
    """
    a an the of in on at by for from to with without and or but as is are was were be been being do does did
    done has have had can could will would shall should may might must not no any some all more most much many
    few other others another one ones two three it its itself he she him his her hers they them their theirs
    this that these those there here then than so too also just only very still again ever yet what which who
    whom whose when where why how long far old big large tall high fast deep wide heavy often about up down
    out over into i you we me my your our us if happen happened happens take took taken get got give gave make
    made come came go went see begin start end call called name named know known mean say said tell told else
    first last next time times times' year years day days people part kind exactly really actually later
    before after afterwards now today latest newest recent recently current currently el la los las un una unos
    unas de del en por para con y o que qué quién
    cuál cuándo dónde cómo cuánto cuánta cuántos cuántas es era fue fueron está están ha han hay se su sus
    lo le no sí más muy también qué esto eso der das den dem des ein eine einen einem einer und oder in im
    am an auf von vom zu zum zur mit für bei nach ist sind waren wird wurde wurden haben hatte was wer
    wie wo wann warum welche welcher welches viele viel es er sie nicht kein auch noch so le la les un une des
    du de et ou en à au aux dans sur par pour avec est sont était a ont qui que quoi quel quelle quels quelles
    quand où comment combien pourquoi ce cette ces il elle ils elles se sa son ses ne pas plus aussi t-il
    t-elle і й та або в у на з зі до від для про що хто який яка яке які коли де як чому скільки є був була
    було були це він вона воно вони його її їх не також и а но или в во на с со из к от для о об что кто какой
    какая какое какие когда где как почему сколько есть был была было были это он она оно они его её их не
    также ли же
    """.split()
)
"""Folded. A name may be written like one of them ("Ever Given"): then its capital tells."""
