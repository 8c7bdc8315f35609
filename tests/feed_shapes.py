"""Feeds in the shapes that publishers' programs write, cut to an entry or two. Every address is an example's."""

WORDS = "The keepers of the valley counted more bees this spring than in any of the ten years before it. " * 9

WORDPRESS = f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
    xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:wfw="http://wellformedweb.org/CommentAPI/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:atom="http://www.w3.org/2005/Atom"
    xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
    xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel>
    <title>Valley News</title>
    <atom:link href="https://valley.example/feed/" rel="self" type="application/rss+xml" />
    <link>https://valley.example</link>
    <lastBuildDate>Fri, 03 May 2024 18:40:00 +0000</lastBuildDate>
    <generator>https://wordpress.org/?v=6.5</generator>
    <item>
        <title>Bees return &#8211; &#8220;more than ever&#8221;</title>
        <link>https://valley.example/2024/05/bees/</link>
        <comments>https://valley.example/2024/05/bees/#respond</comments>
        <dc:creator><![CDATA[Jane O'Neil]]></dc:creator>
        <pubDate>Fri, 03 May 2024 18:30:00 +0200</pubDate>
        <category><![CDATA[Nature]]></category>
        <guid isPermaLink="false">https://valley.example/?p=4711</guid>
        <description><![CDATA[<p>The keepers counted [&#8230;]</p>
<p>The post <a href="https://valley.example/2024/05/bees/">Bees</a> appeared first on Valley News.</p>]]></description>
        <content:encoded><![CDATA[<p>{WORDS}</p>
<p>The post <a href="https://valley.example/2024/05/bees/">Bees</a> appeared first on Valley News.</p>]]>
</content:encoded>
        <slash:comments>3</slash:comments>
    </item>
</channel></rss>"""

WORDPRESS_EXCERPT = WORDPRESS.replace(f"<p>{WORDS}</p>", f"<p>{WORDS} The keepers [&#8230;]</p>")

SUBSTACK = f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>Ada's letter</title><id>https://ada.example/</id><updated>2024-05-04T08:00:00Z</updated>
  <author><name>Ada</name><email>ada@ada.example</email></author>
  <link rel="self" href="https://ada.example/feed"/><link rel="alternate" href="https://ada.example/"/>
  <entry>
    <id>tag:ada.example,2024:1</id><title type="html">Bees &amp;amp; wasps</title>
    <link rel="self" href="https://ada.example/api/1"/>
    <link rel="alternate" type="text/html" href="https://ada.example/p/bees?utm_source=feed"/>
    <published>2024-05-03T23:30:00-05:00</published><updated>2024-05-04T07:00:00Z</updated>
    <content type="html">&lt;p&gt;{WORDS}&lt;/p&gt;</content>
    <summary>In short.</summary>
  </entry>
  <entry>
    <id>tag:ada.example,2024:2</id><title>For those who pay</title>
    <link href="https://ada.example/p/paid"/><updated>2024-05-02T07:00:00Z</updated>
    <content type="html">&lt;p&gt;{WORDS}&lt;/p&gt;&lt;p&gt;
&lt;a href="https://ada.example/p/paid"&gt;Read more&lt;/a&gt;&lt;/p&gt;</content>
  </entry>
</feed>"""

YOUTUBE = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
  xmlns="http://www.w3.org/2005/Atom">
 <link rel="self" href="http://video.example/feeds/videos.xml?channel_id=UC1"/>
 <id>yt:channel:1</id><title>Bee films</title><link rel="alternate" href="https://video.example/channel/UC1"/>
 <author><name>Bee films</name><uri>https://video.example/channel/UC1</uri></author>
 <published>2014-01-01T00:00:00+00:00</published>
 <entry>
  <id>yt:video:abc</id><yt:videoId>abc</yt:videoId><title>A hive in May</title>
  <link rel="alternate" href="https://video.example/watch?v=abc"/>
  <author><name>Bee films</name></author>
  <published>2024-05-03T15:00:12+00:00</published><updated>2024-05-05T01:02:03+00:00</updated>
  <media:group><media:title>A hive in May (media)</media:title>
   <media:content url="https://video.example/v/abc" type="application/x-shockwave-flash" width="640" height="390"/>
   <media:description>We opened a hive.</media:description>
   <media:community><media:starRating count="9" average="5.00" min="1" max="5"/></media:community>
  </media:group>
 </entry>
</feed>"""

FEEDBURNER = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" media="screen" href="/~d/styles/rss2full.xsl"?>
<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" version="2.0"><channel>
<title>Valley</title><link>https://valley.example</link>
<item><title>Bees</title><link>http://feedproxy.example/~r/valley/~3/x1/</link>
<pubDate>Fri, 3 May 2024 09:00:00 EDT</pubDate><description>Short.</description>
<guid isPermaLink="false">9</guid>
<feedburner:origLink>https://valley.example/bees.html</feedburner:origLink></item>
</channel></rss>"""

BLOGGER = f"""<?xml version='1.0' encoding='UTF-8'?>
<?xml-stylesheet href="http://www.blogger.example/s.css" type="text/css"?>
<feed xmlns='http://www.w3.org/2005/Atom' xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/'
 xmlns:gd='http://schemas.google.com/g/2005' xmlns:thr='http://purl.org/syndication/thread/1.0'>
<id>tag:blogger.example,1999:blog-1</id><updated>2024-05-03T12:00:00.000-07:00</updated><title type='text'>Hive</title>
<entry><id>tag:blogger.example,1999:blog-1.post-2</id><published>2024-05-03T11:59:00.000-07:00</published>
<updated>2024-05-03T12:00:00.123-07:00</updated><title type='text'>Bees</title>
<content type='html'>&lt;div&gt;{WORDS}&lt;/div&gt;</content>
<link rel='replies' type='application/atom+xml' href='https://hive.example/feeds/2/comments/default' title='Comments'/>
<link rel='edit' type='application/atom+xml' href='https://www.blogger.example/feeds/1/posts/default/2'/>
<link rel='alternate' type='text/html' href='https://hive.example/2024/05/bees.html' title='Bees'/>
<author><name>Grace</name><email>noreply@blogger.example</email></author><thr:total>0</thr:total></entry></feed>"""

SLASHDOT = """<?xml version="1.0" encoding="ISO-8859-1"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://dot.example/"><title>Dot</title><link>https://dot.example/</link>
<items><rdf:Seq><rdf:li rdf:resource="https://dot.example/story/1"/></rdf:Seq></items></channel>
<item rdf:about="https://dot.example/story/1?utm_source=rss1.0"><title>Caf\u00e9 of bees</title>
<link>https://dot.example/story/1?utm_source=rss1.0</link><description>An anonymous reader writes.</description>
<dc:creator>msmash</dc:creator><dc:date>2024-05-03T17:20:00+00:00</dc:date><slash:comments>9</slash:comments></item>
<item rdf:about="https://dot.example/story/2"><title>Only an about</title></item>
</rdf:RDF>"""

RSS_090 = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>Old</title><link>http://old.example</link></channel>
<item><title>Bees</title><link>http://old.example/bees</link></item></rdf:RDF>"""

RSS_091 = """<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Old</title><link>http://old.example/</link>
<item><title>Bees &eacute;tonn&eacute;es</title><link>http://old.example/bees</link></item></channel></rss>"""

RSS_092 = """<rss version="0.92"><channel><title>Radio</title>
<item><description>&lt;p&gt;No title, no date, only a &lt;a href="/b"&gt;link&lt;/a&gt;.&lt;/p&gt;</description>
<link>http://radio.example/2001/05/03.html#a1</link></item></channel></rss>"""

GUID_ONLY = """<rss version="2.0"><channel><link>https://valley.example/</link>
<item><title>Permanent</title><guid>https://valley.example/1</guid></item>
<item><title>Said so</title><guid isPermaLink="true">http://valley.example/2</guid></item>
<item><title>Denied</title><guid isPermaLink="false">https://valley.example/3</guid></item>
<item><title>A number</title><guid>4</guid></item>
<item><title>Neither</title></item></channel></rss>"""

RELATIVE = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://valley.example/blog/"><title>V</title>
<entry xml:base="2024/"><title>Bees</title><id>x:1</id><link href="bees.html"/></entry>
<entry><title>Wasps</title><id>x:2</id><link href="/wasps"/></entry></feed>"""

RELATIVE_RSS = """<rss version="2.0"><channel><item><title>Bees</title><link> /bees </link></item>
<item><title>Wasps</title><link>
   //cdn.valley.example/wasps
</link></item></channel></rss>"""

WINDOWS_1251 = """<?xml version="1.0" encoding="windows-1251"?>
<rss version="2.0"><channel><title>Долина</title><item><title>Пчёлы вернулись</title>
<link>https://dolina.example/pchely</link><author>ivan@dolina.example (Иван Петров)</author>
<pubDate>Fri, 03 May 2024 12:00:00 +0300</pubDate><description>Весной пчёл больше…</description></item>
</channel></rss>"""

PREFIXED = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:rss="http://purl.org/rss/1.0/" xmlns:d="http://purl.org/dc/elements/1.1/">
<rss:channel rdf:about="https://p.example/"><rss:title>P</rss:title></rss:channel>
<rss:item rdf:about="https://p.example/1"><rss:title>Bees</rss:title><rss:link>https://p.example/1</rss:link>
<d:creator>Ada</d:creator><d:creator>Grace</d:creator><d:date>2024-05-03</d:date></rss:item></rdf:RDF>"""

XHTML = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>X</title><entry><id>x:1</id><title type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml">Bees <em>return</em> &amp; stay</div></title>
<link rel="alternate" type="application/xhtml+xml" href="https://x.example/bees"/><updated>2024-05</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{WORDS}</p></div></content></entry></feed>"""

PODCAST = """<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Hum</title>
<item><title>Episode 9</title><link>https://hum.example/9</link><itunes:author>Ada</itunes:author>
<itunes:duration>00:31:07</itunes:duration><pubDate>Fri, 03 May 2024 05:00:00 GMT</pubDate>
<enclosure url="https://cdn.hum.example/9.mp3" length="1" type="audio/mpeg"/><description>Notes.</description></item>
<item><title>Only sound</title><enclosure url="https://cdn.hum.example/8.mp3" length="1" type="audio/mpeg"/></item>
</channel></rss>"""

ATOM_03 = """<?xml version="1.0" encoding="utf-8"?><feed version="0.3" xmlns="http://purl.org/atom/ns#">
<title>Old atom</title><entry><title mode="escaped" type="text/html">Bees &amp;amp; wasps</title>
<link rel="alternate" type="text/html" href="https://a3.example/bees"/><issued>2004-05-03T10:00:00+02:00</issued>
<modified>2004-05-04T10:00:00Z</modified><id>tag:a3.example,2004:1</id><author><name>Grace</name></author></entry></feed>"""

LONG_DESCRIPTION = f"""<rss version="2.0"><channel><item><title>Bees</title><link>https://l.example/bees</link>
<description>{WORDS * 2}</description></item><item><title>Wasps</title><link>https://l.example/wasps</link>
<description>{WORDS}</description></item></channel></rss>"""

AFTER_A_WARNING = """
<br />
<b>Warning</b>:  Undefined variable $x in <b>/srv/feed.php</b> on line <b>3</b><br />
<?xml version="1.0"?><rss version="2.0"><channel><item><title>Bees</title><link>https://w.example/1</link></item>
</channel></rss>"""

SLOPPY = """<?xml version="1.0"?><rss version="2.0"><channel><title>R&D</title>
<item><title>Bees & wasps &nbsp; again</title><link>https://s.example/?a=1&b=2</link><media:thumbnail url="x"/></item>
<item><title>Cut off</title><link>https://s.example/2</link><description>Here it en"""

ODD_DATES = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<item><link>https://d.example/1</link><pubDate>yesterday</pubDate></item>
<item><link>https://d.example/2</link><pubDate>0001-01-01T00:00:00</pubDate></item>
<item><link>https://d.example/3</link><pubDate>2024-05-03 10:00:00</pubDate></item>
<item><link>https://d.example/4</link><pubDate>Fri, 03 May 2024</pubDate></item>
<item><link>https://d.example/5</link><pubDate>3 May 24 10:00 PST</pubDate></item>
<item><link>https://d.example/6</link><pubDate></pubDate><dc:date>2024-05-03T10:00Z</dc:date></item>
</channel></rss>"""

TWICE = """<rss version="2.0"><channel>
<item><title>Older</title><link>https://t.example/1</link><pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate></item>
<item><title>Newer</title><link>https://t.example/2</link><pubDate>Fri, 03 May 2024 10:00:00 GMT</pubDate></item>
<item><title>Again</title><link>http://www.t.example/1/?utm_source=rss#c</link></item></channel></rss>"""

JSON_11 = """{"version": "https://jsonfeed.org/version/1.1", "title": "J", "home_page_url": "https://j.example/",
"authors": [{"name": "Ada"}, {"url": "https://j.example/x"}], "next_url": "https://j.example/feed2.json", "items": [
{"id": "1", "url": "/bees", "title": "Bees &amp; wasps", "content_text": "First <one>.\\n\\nSecond.",
 "date_published": "2024-05-03T10:00:00-04:00", "date_modified": "2024-05-04T10:00:00Z"},
{"id": "https://j.example/2", "content_html": "<p>Short</p>", "authors": [{"name": "Grace"}, {"name": "Mary"}]},
{"id": 3, "title": "No address"}, "nonsense", {"id": "4", "url": 4}]}"""

JSON_10 = """{"version": "https://jsonfeed.org/version/1", "title": "J", "items": [{"id": "1",
"url": "https://j.example/1", "external_url": "https://elsewhere.example/", "author": {"name": "Ada"},
"summary": "In short."}]}"""
