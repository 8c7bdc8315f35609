"""How a page speaks of itself: the phrases by which text that is not the article's is known.

Tables only: how they are used is told in ``furniture.py``. Patterns are matched at the start of a line or of a
sentence (``ANYWHERE``: in it) in lower case, with plain apostrophes and single blanks.
Invariant: a phrase alone tells the page from the article; one that a sentence of an article may begin with, such
as "Read more books", is not here or needs a mark after it.
"""

_END = r"(?: ?(?:[:|>»→–—]|[.!…]*$))"
_PLATFORM = r"(?:x|twitter|facebook|instagram|threads|tiktok|youtube|linkedin|telegram|whatsapp|bluesky|social media)"
_STORY = r"(?:story|article|report|post|page|column|piece|file|video|gallery|headline|transcript|photo caption)"
_LETTER = (
    r"(?:newsletters?|briefing|inbox|(?:news|e-?mail|text|our) alerts?|our e-?mails?|e-?mail list|digest|podcasts?"
    r"|channel|mailing list|free trial|print edition)"
)

LINES = (
    # Links to other articles.
    r"(?:read|see|watch|learn|view|hear|discover) (?:more|also|next)"
    rf"(?: (?:here|(?:about|on|from|in|at) [^.:!?]{{1,60}}))?{_END}",
    r"(?:also read|read also|related|more|read|watch|listen|videos?|photos?|gallery|podcasts?|explainer|dig deeper"
    r"|go deeper|in case you missed it|icymi|don't miss|you may (?:also )?like|required reading|recommended"
    r"|more (?:on|from) [^.:!?]{1,60}|more (?:stories|coverage|news|headlines)|latest headlines|top stories"
    r"|related (?:stor(?:y|ies)|articles?|coverage|content|videos?|links?|reading|topics?)|previous (?:story|coverage)"
    r"|prep for the polls) ?[:|>»→]",
    r"(?:read the (?:full|whole|original) (?:story|article|report)|(?:continue|keep) reading|(?:see|view) all"
    rf"|(?:show|load) more)(?: here)?{_END}",
    r"(?:lesen sie (?:auch|mehr|hier)|das könnte sie auch interessieren|(?:también )?[tl]e puede interesar)\b",
    rf"(?:weiterlesen|mehr (?:lesen|dazu|zum thema)|auch interessant){_END}",
    rf"(?:(?:lee|lea|vea|ve) también|leer más|ver más|más información|sigue leyendo|noticias? relacionadas?){_END}",
    rf"(?:à )?(?:lire aussi|voir aussi|lire|lire la suite|pour aller plus loin|sur le même sujet){_END}",
    r"(?:читайте|смотрите) (?:также|далее)\b|(?:читайте|дивіться) (?:також|далі)\b",
    rf"(?:читать|смотреть) (?:также|далее){_END}|читати (?:також|далі){_END}",
    r"(?:материалы )?по теме ?:|(?:матеріали )?за темою ?:",
    # Who made it.
    r"(?:contributing|contributors?|compiled (?:by|from)|our fact[- ]check sources) ?:",
    # Pictures and players.
    r"(?:image|photo|photograph|picture|video|media) (?:caption|source|credit)s?(?: ?[:,|]|$)",
    r"(?:images?|caption|fotos?|фото|bildquelle|bildunterschrift|pie de foto|crédit photo|crédito) ?:",
    r"(?:(?:video|live tv) )?ad feedback\b|now playing(?: ?[:|…]|$)|\d{1,2}:\d{2}(?::\d{2})? ?[-–—] ?source:",
    r"in pictures: .{1,80} prev next\b",
    # What was changed on the page.
    r"(?:[\w /]{1,20}: ?)?(?:(?:an? )?(?:earlier|previous|prior)|the original) versions? of (?:this|the following) "
    rf"(?:[\w-]+ )?{_STORY}",
    rf"(?:[\w /]{{1,20}}: ?)?(?:this|the following) (?:[\w-]+ )?(?:{_STORY} and )?{_STORY} "
    r"(?:(?:has|have) been|was|is being|will be) "
    r"(?:updated|corrected|republished|(?:first|originally) published|excerpted)\b",
)
"""The whole line is the page's."""

SENTENCES = (
    # Newsletters, subscriptions, accounts.
    rf"(?:(?:please|to [^.!?]{{3,80}},) )?(?:sign up|subscribe) [^.!?]{{0,120}}\b{_LETTER}\b",
    rf"(?:consider|you can) (?:sign(?:ing)? up for|subscrib(?:e|ing) to) [^.!?]{{0,80}}\b{_LETTER}\b",
    r"(?:(?:please|to [^.!?]{3,80},) )?(?:sign up|subscribe)(?: (?:here|now|today|for free|free))*[.!]?$",
    r"(?:please )?subscribe (?:to (?:our|unlock|read|continue)\b|now\b|today\b|here\b|(?:&|and) save\b)",
    r"(?:get|receive|want|to (?:get|receive)|have|join|start|from our)\b.{0,140}\byour (?:e-?mail )?inbox\b",
    r"get (?:our|the|cnn\S*|your) [^.!?]{0,60}\b(?:newsletter|daily briefing)\b",
    r"(?:help |please )?support (?:strong )?(?:local|our|independent|quality) "
    r"(?:journalism|news|reporting|newsroom|work)\b",
    r"(?:for|to (?:get|read)) [^.!?]{3,90}, please subscribe\b|please support the work we\b",
    r"thank you for (?:subscribing|supporting our|being a (?:subscriber|member))\b",
    r"(?:please )?(?:sign|log) ?in (?:to (?:your account|continue|read|comment|view|access)\b"
    r"|or (?:sign up|register|subscribe)\b|here\b)",
    r"already (?:have an account|a (?:subscriber|member))\b|forgot (?:your )?password\b",
    r"create (?:a free|an|your) account[.!]?$",
    rf"this {_STORY} is (?:only |exclusively )?(?:available |free )?(?:for|to) (?:our )?(?:subscribers|members)\b",
    r"you(?:'ve| have) (?:reached|read|used) (?:your|all)\b.{0,40}\b(?:limit|free articles?)\b",
    r"abonnieren sie\b|jetzt abonnieren\b|melden sie sich .{0,40}newsletter",
    r"suscríb[ae]te\b|suscríbase\b|reg[ií]strate gratis\b",
    r"abonnez-vous\b|inscrivez-vous (?:à (?:la|notre) newsletter|ici)\b",
    r"recevez (?:notre|nos) .{0,60}(?:newsletter|mail)",
    r"подпи(?:сывайтесь|шитесь) на\b|следите за нами\b|підпи(?:суйтес[ья]|шіться) на\b|стежте за нами\b",
    # Consent and notices.
    r"(?:we|this (?:web)?site|our (?:web)?site|we and our partners) uses? cookies\b",
    r"by (?:continuing|clicking|using|signing up|subscribing|submitting|providing)\b.{0,100}\byou .{0,20}"
    r"\b(?:agree|accept|consent)\b",
    r"(?:accept (?:all )?cookies|accept all|manage (?:cookies|preferences|consent)"
    r"|(?:cookie|privacy) (?:policy|settings|notice|preferences))[.!]?$",
    r"wir verwenden cookies\b|diese (?:web)?seite verwendet cookies\b",
    r"utilizamos cookies\b|este sitio (?:web )?(?:utiliza|usa) cookies\b",
    r"nous utilisons des cookies\b|ce site utilise des cookies\b",
    r"мы используем (?:файлы )?cookie|ми використовуємо (?:файли )?cookie",
    r"©|\(c\) ?(?:19|20)\d\d\b|copyright (?:©|\(c\)|(?:19|20)\d\d\b)",
    r"this material may not be (?:published|reproduced)\b",
    r"all rights reserved\b|alle rechte vorbehalten\b|todos los derechos reservados\b|tous droits réservés\b",
    r"все права защищены\b|усі права захищені\b",
    r"(?:the )?(?:views|opinions) expressed (?:in|here|are|by the author).{0,60}"
    r"\b(?:the authors?\b|(?:his|her|their) own\b|columnists?\b)",
    r"if you (?:buy|purchase|make a purchase|click).{0,80}\bwe (?:may|might|will) (?:earn|receive|get)\b",
    r"[\w& ]{2,40} may earn (?:revenue from|a commission|an affiliate|compensation)\b",
    # Advertising and the labels of boxes.
    r"(?:advertisement|anzeige|publicidad|publicité|реклама|sponsored(?: content| by)?|paid (?:content|post)"
    r"|skip ad(?:vertisement)?|scroll to continue|(?:story|article) continues? (?:below|after)\b.{0,30}"
    r"|continue reading below.{0,30})[.!: ]*$",
    r"(?:this )?(?:ai|artificial intelligence)[- ](?:assisted|generated|written) (?:summary|overview|highlights)\b",
    r"this (?:summary|transcript|text|audio|translation) (?:was|is|has been) (?:automatically |machine[- ])?"
    r"(?:generated|created|written|produced|read|translated)\b",
    r"(?:key points|highlights|in this article|what you need to know|table of contents|comments?|related topics"
    r"|most (?:read|popular))[:.]?$",
    # Sharing, following, writing to the author.
    r"(?:share|tweet|copy link|link copied|print|e-?mail)(?:[ |,·•]+(?:this (?:article|story|page|post)|share|tweet"
    rf"|print|save|e-?mail|copy link|link|comments?|on|via|or|and|{_PLATFORM}))*[.!]?$",
    rf"(?:you can )?(?:follow .{{2,60}}|(?:join|like|find|connect with) us )\bon (?:our )?{_PLATFORM}\b",
    r"(?:you can )?follow (?:us|him|her|them|me|the (?:author|reporter))(?: (?:on|at|@|here)|[.!]?$)",
    r"(?:please )?(?:(?:tap or )?click|tap) here\b|to (?:see|read|view|watch) (?:more|it|this)\b.{0,30}\bclick\b",
    r"(?:on )?(?:twitter|x|instagram|facebook)(?:/x)? ?: ?@\w",
    r"(?:(?:you|he|she|they) can (?:be )?)?(?:e-?mail|contact(?:ed)?|reach(?:ed)?|write to)"
    r"(?: (?:him|her|them|me|us|the (?:author|reporter|writer)|reporter [\w. ]{3,40}))?"
    r" (?:at|on|via) \S*(?:@|\d{3}[-.)])",
    r"send (?:us )?(?:story |news )?(?:tips|story ideas)\b|got a (?:news |story )?tip\b|have a (?:news )?tip\b",
    r"have an idea for a .{0,40}\bstory\b",
    # Who made it.
    r"photos? by .{3,60}\b(?:getty images|afp|reuters|ap)\b",
    r"(?:from |by )?(?:[\w ]{2,40} and )?(?:staff|wire|network)(?: and wire)? (?:reports?|services)\.?$",
    r"special (?:to|for) .{3,40}[^.]$",
    r"(?:the )?(?:associated press|reuters|afp|agence france-presse|usa today(?: sports| network)?)\.?$",
    # Players and browsers.
    r"your browser (?:does not|doesn't|is not) support|please enable (?:javascript|cookies)\b",
    r"javascript (?:is (?:disabled|required)|must)\b",
    r"this (?:video|audio|content|player|browser) (?:can ?not be|can't be|is (?:not|no longer)) "
    r"(?:played|available|supported|displayed)\b",
    r"(?:hide|show|toggle|enlarge|view) (?:captions?|this image|gallery|transcript)\b.{0,20}$",
    r"unable to view (?:our|this)\b",
    r"(?:play|pause|mute|unmute|loading)(?: (?:video|audio|again))?[.!…]*$",
    # Labels of an editor.
    r"(?:editors?'?s? note|corrections? (?:&|and) clarifications?|developing story|breaking news)[:.]?$",
    r"this is a (?:developing|breaking)(?: news)? story\b",
    rf"a version of this {_STORY}\b.{{0,40}}\b(?:appear|ran\b|published\b)",
)
"""The sentence is the page's."""

ANYWHERE = (
    r"\((?:image|photo|picture|video)s? (?:credit|by|courtesy)\b|\((?:photo|image|foto|фото) ?:|\(ap photo\b",
    r"\b\d{1,2}:\d{2} ?[-–—] ?source: |\bhide caption \d+ of \d+\b",
    rf"\bcontributed (?:reporting )?(?:to|for) this {_STORY}\b|\bcontributed (?:reporting\b|research\.?$)",
    r"\b(?:associated press|usa today|reuters|bloomberg|cnn) contributed(?:\.?$| to (?:this|the) )",
)
"""The sentence is the page's wherever in it the phrase stands."""

HINTS = ("(", "contributed", "source:", "hide caption")
"""One of them is in every sentence with a phrase of ``ANYWHERE``: far quicker to look for."""

EDITORS_NOTE = r"\(?(?:editors?'?s? note|note to readers) ?[:—–-] ?"
"""What follows is the page's if it is about the page."""

ABOUT_THE_PAGE = (
    rf"(?:this|the following|the above) (?:[\w-]+ )?(?:{_STORY}|interview|review|essay|excerpt|list|series)\b"
)

AGENCIES = (
    r"(?:Getty(?: Images)?|AP(?: Photo)?|AFP|Reuters|REUTERS|EPA(?:-EFE)?|Shutterstock|Bloomberg|Anadolu(?: Agency)?"
    r"|Alamy(?: [A-Z]\w+){0,2}|iStock\w*|NurPhoto|Zuma(?: Press)?|ZUMA Press|Imagn|PA(?: Wire| Images)?|Redux"
    r"|Xinhua|USA T(?:ODAY|oday)(?: [NS]\w+)?|CNN|CBC|BBC|NBC|ABC|CBS|Fox|FOX|POOL|Pool|File|FILE"
    r"|Sputnik|TASS|dpa|DPA|Associated Press|Adobe Stock|Sipa(?: USA)?|MediaPunch|WireImage|FilmMagic|Pexels|Unsplash)"
)
"""Where pictures come from, as written after a slash."""

ALONE = r"(?:Getty Images|Adobe Stock|Shutterstock|REUTERS|AP Photo|Alamy Stock Photo|iStock\w*)"
"""Where pictures come from and nothing else does."""
