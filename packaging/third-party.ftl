<#-- Two lines for each library: coordinates without the version, and name; licence, and address. -->
<#list dependencyMap as e>
<#assign project = e.getKey()/>
<#if project.groupId != "io.keyspike">
${project.groupId}:${project.artifactId} (${(project.name)!project.artifactId})
    ${e.getValue()?join(" or ")}<#if project.url??>; ${project.url}</#if>
</#if>
</#list>
